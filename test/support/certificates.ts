/** Certificates for tests, made at run time. */
import { generateKeyPairSync } from 'node:crypto';
import { createAuthority } from '../../src/certs/authority.ts';
import { issueLeaf } from '../../src/certs/leaf.ts';

/** A certificate for 127.0.0.1 with its key and the CA that issued it, in PEM. */
export interface TestPair {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly fingerprint: string;
}

/** Makes a pair; short keys make it quick. */
export async function newPair(): Promise<TestPair> {
  const key = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const now = new Date();
  const authority = await createAuthority({ owner: 'test@test', now, key: key() });
  const leaf = await issueLeaf(authority, { names: ['127.0.0.1', 'localhost'], now, key: key() });
  return {
    cert: leaf.certificate.toString(),
    key: leaf.key.export({ format: 'pem', type: 'pkcs8' }) as string,
    ca: authority.certificate.toString(),
    fingerprint: leaf.certificate.fingerprint256,
  };
}
