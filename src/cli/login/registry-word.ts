/** The registry that `login` and `logout` are about, as docker and podman take it: a word, not an option. Pure. */
import type { Flags } from '../../config/option-reader.ts';
import { DevregError } from '../../errors.ts';

/**
 * Makes the word the option it stands for.
 * @param word undefined where there is none
 * @throws DevregError OPTIONS_CLASH
 */
export function withRegistry(flags: Flags, word: string | undefined): Flags {
  if (word === undefined) return flags;
  if (flags['registry'] === undefined) return { ...flags, registry: word };
  throw new DevregError('usage', 'OPTIONS_CLASH', `Give the registry once: ${word}, or --registry.`);
}
