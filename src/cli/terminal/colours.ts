/** Whether a stream gets colour, and the few colours there are. */
import type { Output } from '../surroundings.ts';

/** When to use colour. */
export type ColourChoice = 'auto' | 'always' | 'never';

/** Marks up words. */
export interface Colours {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
}

const plain = (text: string): string => text;

/** Leaves words as they are. */
export const NO_COLOURS: Colours = { bold: plain, dim: plain, red: plain, yellow: plain, green: plain };

/**
 * Decides about one stream.
 * @see https://no-color.org and https://force-color.org
 */
export function wantsColour(
  choice: ColourChoice,
  stream: Pick<Output, 'isTTY'>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Loads the colours; plain words need nothing loaded. */
export async function loadColours(isWanted: boolean): Promise<Colours> {
  if (!isWanted) return NO_COLOURS;
  const { Chalk } = await import('chalk');
  const { bold, dim, red, yellow, green } = new Chalk({ level: 1 });
  return { bold, dim, red, yellow, green };
}
