/** What is wrong with a list of images, and looking into values of unknown shape. */
import { DevregError } from '../errors.ts';

/** An object of a list. */
export type ListObject = Readonly<Record<string, unknown>>;

/** The list is not what it should be. @param problem a sentence's end: `has no images` */
export function listInvalid(file: string, problem: string, hint?: string): DevregError {
  return new DevregError('usage', 'IMAGE_LIST_INVALID', `${file} ${problem}.`, hint === undefined ? {} : { hint });
}

/** Makes a list's regular expression, as Go writes them. @throws DevregError IMAGE_LIST_INVALID */
export function parseExpression(file: string, text: string, isWhole: boolean): RegExp {
  const [, flags = '', rest = text] = /^\(\?([ims]+)\)([^]*)$/.exec(text) ?? [];
  const pattern = rest.replaceAll('\\z', '$').replaceAll('\\A', '^').replaceAll('(?P<', '(?<');
  try {
    return new RegExp(isWhole ? `^(?:${pattern})$` : pattern, flags);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DevregError(
      'usage',
      'IMAGE_LIST_INVALID',
      `${file} has a regular expression that is none, ${text}: ${reason}.`,
      { cause },
    );
  }
}

/** A text, or a list of texts, or nothing. @throws DevregError IMAGE_LIST_INVALID */
export function textsIn(file: string, value: unknown, where: string): readonly string[] {
  if (value === undefined || value === null) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one === 'string' || typeof one === 'number') return String(one);
    throw listInvalid(file, `has something else than texts in ${where}`);
  });
}
