/** A certificate and its key side by side on disk, made by whichever process comes first. */
import { join } from 'node:path';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { readIfPresent } from '../optional-files.ts';
import { generateKey, keyToPem } from './keys.ts';
import { damaged, parseCertificate, parseKey } from './pem.ts';
import { createFile, ensurePrivateFolder, replaceFile } from './private-files.ts';

/** Where a certificate and its key are. */
export interface PairFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate and the private key that belongs to it. */
export interface Pair {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** The files of a pair: `name.crt` and `name.key`. */
export function pairFilesIn(folder: string, name: string): PairFiles {
  return { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
}

/**
 * Reads a pair, or makes it: first the key, then a certificate for the key that is on disk. Each of the two is made by
 * the first to come, so any number of processes, stopped anywhere, end with one pair whose halves belong together.
 * @param issue makes the certificate for a private key
 * @returns the pair, and whether this call made its certificate
 * @throws DevregError CERTIFICATE_DAMAGED, or when the file system refuses
 */
export async function ensurePair(
  folder: string,
  files: PairFiles,
  keyBits: number,
  issue: (key: KeyObject) => Promise<Pair>,
): Promise<Pair & { readonly made: boolean }> {
  await ensurePrivateFolder(folder);
  const found = await readPair(files);
  if (found !== undefined) return { ...found, made: false };
  const issued = await issue(await ensureKey(files.key, keyBits));
  if (await createFile(files.certificate, issued.certificate.toString(), 0o644)) return { ...issued, made: true };
  const first = await readPair(files);
  if (first === undefined)
    throw damaged(`${files.certificate} was removed while it was being made.`, files.certificate);
  return { ...first, made: false };
}

/** Puts another certificate beside the same key: one file changes in one step, so the halves always belong together. */
export async function replaceCertificate(files: PairFiles, certificate: X509Certificate): Promise<void> {
  await replaceFile(files.certificate, certificate.toString(), 0o644);
}

/**
 * The key is written before the certificate and read after it, so that the one never seems to be missing.
 * @returns undefined when there is no certificate
 * @throws DevregError CERTIFICATE_DAMAGED, or when the file system refuses
 */
export async function readPair(files: PairFiles): Promise<Pair | undefined> {
  const text = await readIfPresent(files.certificate);
  if (text === undefined) return undefined;
  const certificate = parseCertificate(text, files.certificate);
  const key = await readKey(files.key);
  if (key === undefined) throw damaged(`${files.key} is missing, the key of ${files.certificate}.`, files.certificate);
  if (certificate.checkPrivateKey(key)) return { certificate, key };
  throw damaged(`${files.key} is not the key of ${files.certificate}.`, files.key);
}

async function ensureKey(file: string, bits: number): Promise<KeyObject> {
  const found = await readKey(file);
  if (found !== undefined) return found;
  const key = await generateKey(bits);
  if (await createFile(file, keyToPem(key), 0o600)) return key;
  const first = await readKey(file);
  if (first === undefined) throw damaged(`${file} was removed while it was being made.`, file);
  return first;
}

async function readKey(file: string): Promise<KeyObject | undefined> {
  const text = await readIfPresent(file);
  return text === undefined ? undefined : parseKey(text, file);
}
