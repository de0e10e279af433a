/** The files of a `dir:` folder, one image each, as containers/image names them. */
import { type Digest, hexOf } from '../../oci/digest.ts';

/** The image, or the list of its platforms. */
export const ROOT_FILE = 'manifest.json';
export const VERSION_FILE = 'version';
export const VERSION = 'Directory Transport Version: 1.1\n';

const MANIFEST_ENDING = '.manifest.json';

/** Contents, manifests and signatures: what an image's successor in the same folder replaces. */
const OWN_FILE = /^(?:[0-9a-f]{64}|[0-9a-f]{128})(?:\.manifest\.json|\.signature-\d+)?$|^signature-\d+$/;

/** Where a content is. */
export function contentFile(digest: Digest): string {
  return hexOf(digest);
}

/** Where a manifest is that is not the root. */
export function manifestFile(digest: Digest): string {
  return `${hexOf(digest)}${MANIFEST_ENDING}`;
}

/** Where a signature is of those about a manifest, counted from 1. @param digest undefined for the root */
export function signatureFile(digest: Digest | undefined, number: number): string {
  return `${digest === undefined ? '' : `${hexOf(digest)}.`}signature-${number}`;
}

/** Whether a file is a manifest other than the root. */
export function isManifestFile(name: string): boolean {
  return name.endsWith(MANIFEST_ENDING) && OWN_FILE.test(name);
}

/** Whether a file belongs to an image, and not to the folder. */
export function isOwnFile(name: string): boolean {
  return OWN_FILE.test(name);
}
