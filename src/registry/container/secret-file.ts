/** Secrets in files, as containers are given them. */
import { open } from 'node:fs/promises';

/** A secret that cannot be had, with a sentence that does not tell it. */
export class SecretUnreadableError extends Error {
  override readonly name = 'SecretUnreadableError';
}

/** Nobody types more; whatever is larger is not a secret. */
const SECRET_MAX_BYTES = 4096;

/**
 * Reads a secret. A line break at the end does not belong to it.
 * @throws SecretUnreadableError
 */
export async function readSecretFile(path: string): Promise<string> {
  const text = await readStart(path);
  if (text.length > SECRET_MAX_BYTES) throw new SecretUnreadableError(`What is in ${path} is too long for a secret.`);
  const secret = text.toString('utf8').replace(/\r?\n$/, '');
  if (/[\r\n]/.test(secret)) throw new SecretUnreadableError(`There is more than one line in ${path}.`);
  if (secret === '') throw new SecretUnreadableError(`There is nothing in ${path}.`);
  return secret;
}

/** One byte more than a secret may have, at most. */
async function readStart(path: string): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SECRET_MAX_BYTES + 1));
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
    if (code === undefined) throw cause;
    const problem = code === 'ENOENT' ? `There is no file ${path}.` : `The file ${path} cannot be read: ${code}.`;
    throw new SecretUnreadableError(problem, { cause });
  }
}
