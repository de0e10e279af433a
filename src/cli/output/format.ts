/** The forms that answers come in, as `-o` names them. */
import { DevregError } from '../../errors.ts';
import { parseJsonPath, type JsonPath } from './json-path.ts';

/** A form of an answer. */
export type OutputFormat =
  | { readonly kind: 'table' | 'wide' | 'json' | 'yaml' | 'name' | (typeof SECRET_FORMATS)[number] }
  | { readonly kind: 'jsonpath'; readonly template: JsonPath };

/** What every command that reads can give. */
export const READ_FORMATS = ['table', 'wide', 'json', 'yaml', 'name', 'jsonpath'] as const;

/** What secrets come in besides. */
export const SECRET_FORMATS = ['password', 'token', 'env', 'dockerconfigjson', 'k8s'] as const;

type FormatName = OutputFormat['kind'];

const TEMPLATE = 'jsonpath=';

/**
 * Reads what was given to `-o`.
 * @param valid the forms the command has
 * @throws DevregError OUTPUT_UNKNOWN, JSONPATH_INVALID
 */
export function parseOutputFormat(text: string, valid: readonly FormatName[]): OutputFormat {
  if (text.startsWith(TEMPLATE) && valid.includes('jsonpath')) {
    return { kind: 'jsonpath', template: parseJsonPath(text.slice(TEMPLATE.length)) };
  }
  const kind = valid.find((name) => name === text);
  if (kind !== undefined && kind !== 'jsonpath') return { kind };
  const names = valid.map((name) => (name === 'jsonpath' ? `${TEMPLATE}…` : name));
  throw new DevregError('usage', 'OUTPUT_UNKNOWN', `There is no output format ${JSON.stringify(text)} here.`, {
    hint: `Choose one of ${names.join(', ')}.`,
  });
}
