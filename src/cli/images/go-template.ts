/** The few of Go's templates that people give to `--format`: `{{.Name}}`, `{{json .Labels}}`, `{{index .Labels "a"}}`. Pure. */
import { DevregError } from '../../errors.ts';

const ACTION = /\{\{-?\s*(.*?)\s*-?\}\}/g;
const PATH = /^\.(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?$/;
const CALL = /^(json|index)\s+(\.[\w.]*)(?:\s+"([^"\\]*)"|\s+(\d+))?$/;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\n', '\n'],
  ['\\t', '\t'],
]);

/**
 * Fills in a template.
 * @throws DevregError TEMPLATE_UNKNOWN for what is not understood, TEMPLATE_FIELD_UNKNOWN for a field there is not
 */
export function fillGoTemplate(template: string, value: unknown): string {
  const text = template.replaceAll(/\\[nt]/g, (escape) => ESCAPES.get(escape) ?? escape);
  return text.replaceAll(ACTION, (whole, action: string) => {
    if (PATH.test(action)) return printGo(follow(value, action, whole));
    const [, name, path = '', key, index] = CALL.exec(action) ?? [];
    if (name === 'json' && key === undefined && index === undefined) return JSON.stringify(follow(value, path, whole));
    if (name === 'index') return printGo(fieldOf(follow(value, path, whole), key ?? index ?? ''));
    throw new DevregError('usage', 'TEMPLATE_UNKNOWN', `The template ${whole} is not understood.`, {
      hint: 'There are {{.Field}}, {{json .Field}} and {{index .Field "key"}}; -o json with jq does all the rest.',
    });
  });
}

function follow(value: unknown, path: string, whole: string): unknown {
  const names = path.split('.').filter((name) => name !== '');
  return names.reduce((at: unknown, name) => {
    const next = fieldOf(at, name);
    if (next !== undefined) return next;
    throw new DevregError('not-found', 'TEMPLATE_FIELD_UNKNOWN', `${whole} leads nowhere: there is no field ${name}.`, {
      hint: `Fields are ${isObject(value) ? Object.keys(value).join(', ') : 'none'}.`,
    });
  }, value);
}

function fieldOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value[Number(name)] as unknown;
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** As Go prints values by `%v`. */
function printGo(value: unknown): string {
  if (value === null || value === undefined) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(printGo).join(' ')}]`;
  if (!isObject(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const fields = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `map[${fields.map(([key, field]) => `${key}:${printGo(field)}`).join(' ')}]`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
