/** Certificates and keys as text, read strictly: what is not whole is refused with the name of its file. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { DevregError } from '../errors.ts';

/**
 * @param file where the text is from, for the error
 * @throws DevregError CERTIFICATE_DAMAGED
 */
export function parseCertificate(text: string, file: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw damaged(`${file} is not a certificate in PEM, or not a whole one.`, file, cause);
  }
}

/**
 * @param file where the text is from, for the error
 * @throws DevregError CERTIFICATE_DAMAGED when it is no private RSA key in the clear
 */
export function parseKey(text: string, file: string): KeyObject {
  const key = readKey(text, file);
  if (key.asymmetricKeyType !== 'rsa') throw damaged(`${file} is not an RSA key.`, file);
  return key;
}

/** A certificate or key that cannot be used as it is on disk. */
export function damaged(message: string, file: string, cause?: unknown): DevregError {
  const hint = `Put the original back, or move ${file} and the files beside it away to have new ones made.`;
  return new DevregError('failure', 'CERTIFICATE_DAMAGED', message, { hint, cause });
}

function readKey(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw damaged(`${file} is not a private key in PEM, or not a whole one.`, file, cause);
  }
}
