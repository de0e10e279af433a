/** Tells of every deletion that a client has done. */
import type { Blobs } from '../core/blobs.ts';
import type { Manifests } from '../core/manifests.ts';

/** The same use cases; `onRemoval` is called after each deletion. */
export function countRemovals<T extends { readonly blobs: Blobs; readonly manifests: Manifests }>(
  useCases: T,
  onRemoval: () => void,
): T {
  const { blobs, manifests } = useCases;
  const count = async (removal: Promise<void>) => {
    await removal;
    onRemoval();
  };
  return {
    ...useCases,
    blobs: { ...blobs, remove: (...what) => count(blobs.remove(...what)) },
    manifests: {
      ...manifests,
      remove: (...what) => count(manifests.remove(...what)),
      removeTag: (...what) => count(manifests.removeTag(...what)),
    },
  };
}
