/** Signatures in a `dir:` folder: files beside the manifests that they are about, as containers/image names them. */
import { type Digest, parseDigest } from '../../oci/digest.ts';
import type { FileTree } from '../file-tree.ts';
import { readDocument } from '../small-files.ts';
import { isManifestFile, signatureFile } from './dir-files.ts';

/** Signatures by manifest, in their order. */
type Signatures = ReadonlyMap<Digest, readonly Uint8Array[]>;

/** Reads them; a number that is missing ends those of a manifest. @throws DevregError of the file system */
export async function readSignatures(tree: FileTree, root: Digest): Promise<Signatures> {
  const children = (await tree.list(''))
    .filter(isManifestFile)
    .map(manifestOf)
    .filter((one) => one !== undefined);
  const found = new Map<Digest, readonly Uint8Array[]>();
  for (const digest of [undefined, ...children]) {
    const signatures = await readNumbered(tree, digest);
    if (signatures.length > 0) found.set(digest ?? root, signatures);
  }
  return found;
}

/** The files that signatures belong into. */
export function signatureFiles(signatures: Signatures, root: Digest): readonly (readonly [string, Uint8Array])[] {
  return [...signatures].flatMap(([digest, contents]) =>
    contents.map((content, index) => {
      return [signatureFile(digest === root ? undefined : digest, index + 1), content] as const;
    }),
  );
}

async function readNumbered(tree: FileTree, digest: Digest | undefined): Promise<readonly Uint8Array[]> {
  const contents: Uint8Array[] = [];
  for (let number = 1; ; number++) {
    const content = await readDocument(tree, signatureFile(digest, number));
    if (content === undefined) return contents;
    contents.push(content);
  }
}

/** Names of manifests have the digits of their digest alone, whose number tells the algorithm. */
function manifestOf(file: string): Digest | undefined {
  const hex = file.slice(0, file.indexOf('.'));
  return parseDigest(`sha256:${hex}`) ?? parseDigest(`sha512:${hex}`);
}
