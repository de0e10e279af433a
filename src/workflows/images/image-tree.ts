/** All of an image that is somewhere: its manifests down to the last child, and the blobs they name. */
import type { ImageSource, StoredManifest } from '../../copy/image-source.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { isDevregError } from '../../errors.ts';
import type { Digest } from '../../oci/digest.ts';
import { type ManifestParts, takeApart } from './manifest-parts.ts';

/** A manifest of the tree. */
interface TreeNode extends ManifestParts {
  readonly manifest: StoredManifest;
  readonly platform: Descriptor['platform'];
}

/** An image with all that it consists of. */
export interface ImageTree {
  readonly root: StoredManifest;
  /** The root first, every manifest once. */
  readonly nodes: ReadonlyMap<Digest, TreeNode>;
  /** Configs and layers, every one once; without those that stay with their publisher. */
  readonly blobs: ReadonlyMap<Digest, Descriptor>;
  /** Children that an index names and that are not there, as of one copied without them. */
  readonly missing: readonly Digest[];
}

/** An index may have indexes below it; nobody makes more than two or three. */
const DEPTH_MAX = 8;

/**
 * Reads the manifests of an image.
 * @throws DevregError of the source, IMAGE_UNREADABLE; the signal's reason
 */
export async function readTree(source: ImageSource, signal: AbortSignal): Promise<ImageTree> {
  const root = await source.readRoot(signal);
  const nodes = new Map<Digest, TreeNode>();
  const missing: Digest[] = [];
  await addNode(root, undefined, { source, nodes, missing, signal }, 0);
  const blobs = new Map([...nodes.values()].flatMap((node) => node.blobs).map((blob) => [blob.digest, blob]));
  return { root, nodes, blobs, missing };
}

/** What the image takes: its manifests, and each of its blobs once. */
export function sizeOf({ nodes, blobs }: ImageTree): number {
  const manifests = [...nodes.values()].map(({ manifest }) => manifest.bytes.length);
  return [...manifests, ...[...blobs.values()].map(({ size }) => size)].reduce((sum, size) => sum + size, 0);
}

interface Walk {
  readonly source: ImageSource;
  readonly nodes: Map<Digest, TreeNode>;
  readonly missing: Digest[];
  readonly signal: AbortSignal;
}

async function addNode(
  manifest: StoredManifest,
  platform: Descriptor['platform'],
  walk: Walk,
  depth: number,
): Promise<void> {
  const parts = takeApart(manifest, walk.source.name);
  walk.nodes.set(manifest.digest, { ...parts, manifest, platform });
  if (depth === DEPTH_MAX) return;
  for (const child of parts.children) {
    if (walk.nodes.has(child.digest)) continue;
    const below = await readChild(child.digest, walk);
    if (below === undefined) walk.missing.push(child.digest);
    else await addNode(below, child.platform, walk, depth + 1);
  }
}

async function readChild(digest: Digest, { source, signal }: Walk): Promise<StoredManifest | undefined> {
  try {
    return await source.readManifest(digest, signal);
  } catch (error) {
    if (isDevregError(error) && error.code === 'IMAGE_NOT_FOUND') return undefined;
    throw error;
  }
}
