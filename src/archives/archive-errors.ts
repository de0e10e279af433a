/** What is said of folders and archives of images that are not what they should be. */
import { DevregError } from '../errors.ts';
import type { Digest } from '../oci/digest.ts';

/** It is no place of images, or damaged. @param why the end of a sentence: `it has no index.json` */
export function archiveUnreadable(name: string, why: string, cause?: unknown): DevregError {
  return new DevregError('failure', 'ARCHIVE_UNREADABLE', `Cannot read images from ${name}: ${why}.`, {
    hint: 'Check that it is whole: copy or export it again.',
    cause,
  });
}

/** There is no such image. */
export function imageNotFound(name: string, what: string, known: readonly string[] = []): DevregError {
  const hint = known.length === 0 ? undefined : `There is ${listed(known)}.`;
  return new DevregError('not-found', 'IMAGE_NOT_FOUND', `There is no ${what} in ${name}.`, {
    ...(hint !== undefined && { hint }),
  });
}

/** An index names a manifest that did not come along. */
export function manifestAbsent(name: string, digest: Digest): DevregError {
  return new DevregError('not-found', 'IMAGE_NOT_FOUND', `There is no manifest ${digest} in ${name}.`, {
    hint: 'Some programs save the list of all platforms with one of them: choose that with --platform local.',
  });
}

/** There is nothing at all at this path. */
export function pathNotFound(path: string, cause?: unknown): DevregError {
  return new DevregError('not-found', 'IMAGE_NOT_FOUND', `There is no image in ${path}: nothing is there.`, {
    hint: 'Check the path, which counts from the folder the command is run in.',
    cause,
  });
}

/** There are several, and nothing says which is meant. */
export function imageAmbiguous(name: string, known: readonly string[]): DevregError {
  const hint = known.length === 0 ? 'Choose one by its digest.' : `Choose one: there is ${listed(known)}.`;
  return new DevregError('usage', 'IMAGE_AMBIGUOUS', `There is more than one image in ${name}.`, { hint });
}

/** Bytes are not what their digest says. */
export function contentWrong(name: string, digest: Digest, why: string, cause?: unknown): DevregError {
  return new DevregError('failure', 'CONTENT_WRONG', `The content of ${digest} in ${name} is wrong: ${why}.`, {
    hint: 'It was damaged or tampered with: have it from another place.',
    cause,
  });
}

/** As many as a person reads. */
const LISTED_MAX = 10;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_MAX).join(', ');
  return names.length > LISTED_MAX ? `${shown} and ${names.length - LISTED_MAX} more` : shown;
}
