/** Tags by which clients attach signatures and the like to a manifest: `sha256-….sig`. Pure. */
import { type Digest, parseDigest } from '../../oci/digest.ts';

const ATTACHED = /^(sha256|sha512)-([0-9a-f]+)(?:\.[A-Za-z0-9_.-]+)?$/;

/** @returns the manifest that the tag is about; undefined for tags that are names */
export function subjectOfTag(tag: string): Digest | undefined {
  const [, algorithm, hex] = ATTACHED.exec(tag) ?? [];
  return algorithm === undefined ? undefined : parseDigest(`${algorithm}:${hex}`);
}
