/** Copies many images, some at a time; one that fails may leave the others alone. */
import type { CopyObserver } from '../../copy/copy-image.ts';
import { isDevregError } from '../../errors.ts';
import { type CopiedImage, type CopyWish, copyOne } from './copy-one.ts';
import { formatPlace } from './image-place.ts';
import type { ImagePorts } from './image-ports.ts';
import { inParallel } from './in-parallel.ts';
import type { SyncItem } from './sync-plan.ts';

/** How they are copied. */
export interface SyncWish {
  readonly copy: CopyWish;
  /** Images at the same time. */
  readonly images: number;
  /** Whether the others go on when one fails. */
  readonly keepGoing: boolean;
  readonly observer: CopyObserver;
  readonly onDone: (image: SyncedImage) => void;
}

/** What became of one image. */
export type SyncedImage =
  | CopiedImage
  | { readonly source: string; readonly target: string; readonly outcome: 'failed'; readonly error: unknown };

/**
 * Copies all of a plan.
 * @returns in the order of the plan
 * @throws DevregError of the first image that fails, unless others go on; the signal's reason
 */
export async function syncImages(
  plan: readonly SyncItem[],
  wish: SyncWish,
  ports: ImagePorts,
): Promise<readonly SyncedImage[]> {
  return inParallel(plan, wish.images, ports.signal, async (item, signal) => {
    const image = await syncOne(item, wish, { ...ports, signal });
    wish.onDone(image);
    return image;
  });
}

async function syncOne(item: SyncItem, wish: SyncWish, ports: ImagePorts): Promise<SyncedImage> {
  try {
    return await copyOne(item.source, item.target, wishFor(item, wish.copy), ports, wish.observer);
  } catch (error) {
    if (!wish.keepGoing || ports.signal.aborted || !isDevregError(error)) throw error;
    return { source: formatPlace(item.source), target: formatPlace(item.target), outcome: 'failed', error };
  }
}

/** What the list says of an image counts before what the command says of all. */
function wishFor({ platforms, referrers }: SyncItem, wish: CopyWish): CopyWish {
  const choice = { ...wish.choice, referrers: referrers ?? wish.choice.referrers };
  return platforms.length === 0 ? { ...wish, choice } : { ...wish, choice: { ...choice, platforms } };
}
