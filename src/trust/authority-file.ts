/** Reads the CA that programs are to trust. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DevregError, systemCodeOf, translateReadErrors } from '../errors.ts';
import type { Authority } from './target.ts';

/**
 * Reads a CA from a file.
 * @throws DevregError FILE_MISSING, CA_FILE_INVALID, or when the file system refuses
 */
export async function readAuthority(path: string): Promise<Authority> {
  const file = resolve(path);
  const certificate = await translateReadErrors(file, () => readFile(file, 'utf8').catch(refuseMissing(file)));
  const facts = parse(certificate, file);
  const hex = (fingerprint: string) => fingerprint.replaceAll(':', '').toLowerCase();
  return { certificate, file, sha1: hex(facts.fingerprint), sha256: hex(facts.fingerprint256) };
}

/** Nothing but one certificate in PEM: what else a file holds, such as a key, must not go where all can read it. */
const ONE_CERTIFICATE = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;

function parse(certificate: string, file: string): X509Certificate {
  try {
    if (ONE_CERTIFICATE.test(certificate)) return new X509Certificate(certificate);
  } catch (error) {
    if (!(error instanceof Error) || systemCodeOf(error)?.startsWith('ERR_OSSL') !== true) throw error;
  }
  throw new DevregError('usage', 'CA_FILE_INVALID', `${file} is not one certificate in PEM.`, {
    hint: 'Give the file of the CA, with nothing else in it.',
  });
}

function refuseMissing(file: string): (error: unknown) => never {
  return (error) => {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    throw new DevregError('usage', 'FILE_MISSING', `There is no file ${file}.`, {
      hint: 'devreg create makes the authority of this user; --ca-file names another.',
    });
  };
}
