/** What is copied of an image, and how: its platforms, and the format of its manifests. */
import { DevregError } from '../errors.ts';
import { isIndex } from '../oci/media-types.ts';
import { formatPlatform } from '../oci/platform.ts';
import { chooseRoot } from './choose-root.ts';
import { convertImage } from './conversion/convert-image.ts';
import type { CopyChoice } from './copy-image.ts';
import type { ImageSource, StoredManifest } from './image-source.ts';
import type { ImageTarget } from './image-target.ts';

/** What is to be copied. */
export interface ChosenImage {
  /** Has it; the source that was given, unless manifests are made anew. */
  readonly source: ImageSource;
  readonly root: StoredManifest;
  /** Whether the root is what the source has under its own digest. */
  readonly isWhole: boolean;
  /** What of the image is otherwise than in the source; a sentence each. */
  readonly remarks: readonly string[];
}

/**
 * Chooses.
 * @throws DevregError PLATFORM_ABSENT, PLATFORM_INVALID, DIGEST_CHANGES, CONVERSION_IMPOSSIBLE, those of the source; the
 *   signal's reason
 */
export async function chooseImage(
  source: ImageSource,
  target: ImageTarget,
  choice: CopyChoice,
  signal: AbortSignal,
): Promise<ChosenImage> {
  const chosen = await choosePlatforms(source, target, choice, signal);
  if (choice.format === undefined) return chosen;
  const { format, referrers } = choice;
  const converted = await convertImage(chosen.root, source, { format, referrers }, signal);
  if (!converted.isChanged) return chosen;
  if (choice.preserveDigests) {
    throw digestChanges(`${source.name} in another format`, 'Leave out --format, or --preserve-digests.');
  }
  const remarks = [...chosen.remarks, ...converted.remarks];
  return { source: converted.source, root: converted.root, isWhole: false, remarks };
}

async function choosePlatforms(
  source: ImageSource,
  target: ImageTarget,
  { platforms, preserveDigests, system }: CopyChoice,
  signal: AbortSignal,
): Promise<ChosenImage> {
  const root = await source.readRoot(signal);
  const single = isIndex(root.mediaType) && target.holdsOnly !== undefined && platforms === 'all' ? system : undefined;
  const wanted = single === undefined ? platforms : [single];
  if (typeof wanted === 'string') return { source, root, isWhole: true, remarks: [] };
  const chosen = chooseRoot(root, wanted, source.name);
  if (chosen.kind === 'child') {
    const { digest, platform } = chosen.descriptor;
    const remarks =
      single === undefined ? [] : [holdsOne(target, platform === undefined ? single : formatPlatform(platform))];
    return { source, root: await source.readManifest(digest, signal), isWhole: true, remarks };
  }
  if (chosen.kind === 'narrowed' && preserveDigests) {
    const hint = 'Copy all platforms, or a single one, or do without --preserve-digests.';
    throw digestChanges(`${source.name} with fewer platforms`, hint);
  }
  return { source, root: chosen.manifest, isWhole: chosen.kind === 'kept', remarks: [] };
}

function holdsOne({ name }: ImageTarget, platform: string): string {
  return `${name} holds one platform: it gets ${platform}. Choose another with --platform.`;
}

function digestChanges(what: string, hint: string): DevregError {
  return new DevregError('failure', 'DIGEST_CHANGES', `${what} has another digest.`, { hint });
}
