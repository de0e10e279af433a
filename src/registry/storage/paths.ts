/**
 * Where things are in the data folder.
 *
 *     <root>/
 *     ├── blobs/<algorithm>/<first two digits>/<hex>    blobs, whole and verified
 *     ├── uploads/<uuid>                                the bytes of uploads that are not finished
 *     ├── incoming/<uuid>                               small content on its way to its name; emptied on opening
 *     └── repositories/<name>                           what one repository holds; each `/` of the name written `+`
 *
 * Every part is lower case, so that a file system that folds case keeps apart what is different. A repository's name
 * is at most 255 characters and so fits a file name as it is; `+` is no part of any repository's name.
 */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type Digest, type DigestAlgorithm, algorithmOf, hexOf, parseDigest, toDigest } from '../../oci/digest.ts';
import { type RepositoryName, parseRepositoryName } from '../../oci/repository.ts';
import type { UploadId } from '../core/ports.ts';

const ALGORITHMS: readonly DigestAlgorithm[] = ['sha256', 'sha512'];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A place for a file: its directory and its path. */
export interface Place {
  readonly directory: string;
  readonly path: string;
}

/** The paths below one root. */
export interface StoragePaths {
  readonly root: string;
  /** The directories of every store, upper ones first. */
  readonly directories: readonly string[];
  /** Where a file is moved to see that blobs are on the same file system as what becomes one. */
  readonly probe: string;
  readonly uploads: string;
  readonly incoming: string;
  readonly repositories: string;
  /** For each algorithm a directory, which holds directories of two hex digits, which hold blobs. */
  readonly blobs: readonly { readonly algorithm: DigestAlgorithm; readonly path: string }[];
  blob(digest: Digest): Place;
  upload(id: UploadId): string;
  repository(name: RepositoryName): Place;
  /** A name nobody has used before. */
  newIncoming(): string;
}

/**
 * Builds the paths below a root, from parsed names only.
 * @param root the data folder; relative to the working directory or absolute
 */
export function storagePaths(root: string): StoragePaths {
  const base = resolve(root);
  const blobs = join(base, 'blobs');
  const uploads = join(base, 'uploads');
  const incoming = join(base, 'incoming');
  const repositories = join(base, 'repositories');
  const algorithms = ALGORITHMS.map((algorithm) => ({ algorithm, path: join(blobs, algorithm) }));
  return {
    root: base,
    directories: [blobs, ...algorithms.map(({ path }) => path), uploads, incoming, repositories],
    probe: join(blobs, 'probe'),
    uploads,
    incoming,
    repositories,
    blobs: algorithms,
    blob(digest) {
      const hex = hexOf(digest);
      const directory = `${blobs}/${algorithmOf(digest)}/${hex.slice(0, 2)}`;
      return { directory, path: `${directory}/${hex}` };
    },
    upload: (id) => `${uploads}/${id}`,
    repository: (name) => ({ directory: repositories, path: `${repositories}/${name.replaceAll('/', '+')}` }),
    newIncoming: () => `${incoming}/${randomUUID()}`,
  };
}

/** The blob that a file in a directory of two digits holds, or undefined when the name is not a blob's of that directory. */
export function digestOfFile(algorithm: DigestAlgorithm, digits: string, name: string): Digest | undefined {
  return digits.length === 2 && name.startsWith(digits) ? parseDigest(toDigest(algorithm, name)) : undefined;
}

/** The upload that a file holds, or undefined when the name is not an upload's. */
export function uploadOfFile(name: string): UploadId | undefined {
  return UUID.test(name) ? (name as UploadId) : undefined;
}

/** The repository whose index a file holds, or undefined when the name is not a repository's. */
export function repositoryOfFile(name: string): RepositoryName | undefined {
  return name.includes('/') ? undefined : parseRepositoryName(name.replaceAll('+', '/'));
}
