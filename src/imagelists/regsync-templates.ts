/** The two functions that texts of regsync's files may call: `{{env "X"}}` and `{{file "F"}}`. */
import type { ListSurroundings } from './image-list.ts';
import { isObject } from '../json-values.ts';
import { listInvalid } from './list-error.ts';

const TEMPLATE = /\{\{-?\s*(.*?)\s*-?\}\}/g;
const CALL = /^(env|file)\s+"([^"\\]*)"$/;

/**
 * Fills in the templates of all texts below a value.
 * @throws DevregError IMAGE_LIST_INVALID for any other template; what reading a file throws
 */
export function fillTemplates(value: unknown, surroundings: ListSurroundings): unknown {
  if (typeof value === 'string') return fillText(value, surroundings);
  if (Array.isArray(value)) return value.map((one) => fillTemplates(one, surroundings));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fillTemplates(one, surroundings)]));
}

function fillText(text: string, { env, file, readFile }: ListSurroundings): string {
  return text.replaceAll(TEMPLATE, (whole, inner: string) => {
    const [, call, argument = ''] = CALL.exec(inner) ?? [];
    if (call === 'env') return env[argument] ?? '';
    if (call === 'file') return readFile(argument).replace(/\r?\n$/, '');
    throw listInvalid(
      file,
      `has a template that is not understood: ${whole}`,
      'There are {{env "X"}} and {{file "F"}}.',
    );
  });
}
