/** Names of registries: which are valid, and which one a command is about. Pure. */
import { DevregError } from '../errors.ts';

/** The name of a registry when nobody chose one. */
const DEFAULT_NAME = 'devreg';

/** Letters, digits, dots and dashes, as kind names clusters; since names become folders, no dot leads or ends. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** Leaves room in the names of containers and nodes made from it. */
const NAME_MAX = 50;

/** Whether a registry may be called so. */
export function isName(text: string): boolean {
  return NAME.test(text) && text.length <= NAME_MAX;
}

/**
 * Checks a name that somebody chose.
 * @throws DevregError NAME_REFUSED
 */
export function parseName(text: string): string {
  if (isName(text)) return text;
  throw new DevregError('usage', 'NAME_REFUSED', `${JSON.stringify(text)} cannot be a name.`, {
    hint: `Use up to ${NAME_MAX} lower-case letters, digits, dots and dashes, with a letter or digit at both ends.`,
  });
}

/**
 * The name a command is about: the chosen one, else the only one there is, else `devreg`.
 * @param chosen by flag or variable
 * @param known the names there are
 */
export function resolveName(chosen: string | undefined, known: readonly string[]): string {
  if (chosen !== undefined) return chosen;
  const [only, ...others] = known;
  return only !== undefined && others.length === 0 ? only : DEFAULT_NAME;
}
