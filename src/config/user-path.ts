/** Paths as users write them. Pure. */
import { resolve } from 'node:path';

/** Where paths begin. */
export interface PathPlace {
  /** What relative paths are in. */
  readonly folder: string;
  readonly home: string;
}

/**
 * Makes a path absolute. `~` and `~/` are the home folder: shells leave them alone in `--option=~/x`, in quotes and in
 * most variables.
 */
export function resolvePath(text: string, { folder, home }: PathPlace): string {
  return resolve(
    folder,
    text.replace(/^~(?=\/|$)/, () => home),
  );
}
