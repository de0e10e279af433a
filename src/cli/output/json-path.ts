/** The part of kubectl's JSONPath templates that picks values: text with `{.path}` in it. Pure. */
import { DevregError } from '../../errors.ts';

/** A template, read. */
export type JsonPath = readonly Piece[];

type Piece = { readonly text: string } | { readonly path: readonly Step[]; readonly source: string };

/** A key, an index (counted from the end when negative), or everything. */
type Step = string | number | typeof EVERY;

const EVERY = Symbol('every');

const BRACES = /\{([^{}]*)\}/g;
const LITERAL = /^"((?:[^"\\]|\\.)*)"$|^'([^']*)'$/;
const STEP =
  /(?:\.?\[(?:(?<index>-?\d+)|(?<all>\*)|'(?<quoted>[^']*)'|"(?<quoted2>[^"]*)")\]|\.(?<key>[\w$-]+)|\.(?<every>\*))/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/**
 * Reads a template such as `{.[0].password}` or `{[*].name}{"\n"}`.
 * @see https://kubernetes.io/docs/reference/kubectl/jsonpath/
 * @throws DevregError JSONPATH_INVALID also for what kubectl knows and this does not: filters, ranges, slices, `..`
 */
export function parseJsonPath(template: string): JsonPath {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of template.matchAll(BRACES)) {
    pieces.push({ text: template.slice(end, match.index) }, parseExpression(match[1] ?? ''));
    end = match.index + match[0].length;
  }
  const rest = template.slice(end);
  if (end === 0 || /[{}]/.test(pieces.map((piece) => ('text' in piece ? piece.text : '')).join('') + rest))
    throw invalid(template);
  return [...pieces, { text: rest }];
}

/**
 * Fills a template in.
 * @throws DevregError JSONPATH_NOT_FOUND when a path leads nowhere
 */
export function fillJsonPath(template: JsonPath, value: unknown): string {
  return template.map((piece) => ('text' in piece ? piece.text : pick(piece.path, piece.source, value))).join('');
}

function parseExpression(source: string): Piece {
  const [isLiteral, escaped, verbatim] = LITERAL.exec(source) ?? [];
  if (isLiteral !== undefined) {
    return { text: verbatim ?? escaped?.replaceAll(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter) ?? '' };
  }
  const path: Step[] = [];
  const start = /^[$@]/.test(source) ? 1 : 0;
  STEP.lastIndex = start;
  while (STEP.lastIndex < source.length) {
    const groups = STEP.exec(source)?.groups;
    if (groups === undefined) throw invalid(`{${source}}`);
    path.push(stepOf(groups));
  }
  if (start === 0 && path.length === 0 && source !== '') throw invalid(`{${source}}`);
  return { path, source };
}

function stepOf({ index, all, every, quoted, quoted2, key }: Readonly<Record<string, string | undefined>>): Step {
  if (index !== undefined) return Number(index);
  return all !== undefined || every !== undefined ? EVERY : (quoted ?? quoted2 ?? key ?? '');
}

/** What several steps find is separated by blanks, as kubectl does it. */
function pick(path: readonly Step[], source: string, value: unknown): string {
  let found: unknown[] = [value];
  for (const step of path) {
    found = found.flatMap((item) => {
      const next = follow(item, step);
      if (next === undefined) throw notFound(source);
      return next;
    });
  }
  return found.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join(' ');
}

/** @returns what a step leads to, or undefined when it leads nowhere */
function follow(item: unknown, step: Step): unknown[] | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  if (step === EVERY) return Object.values(item);
  if (Array.isArray(item)) {
    const index = typeof step === 'number' ? step : Number.NaN;
    return index < item.length && index >= -item.length ? [item.at(index)] : undefined;
  }
  const key = String(step);
  return Object.hasOwn(item, key) ? [(item as Readonly<Record<string, unknown>>)[key]] : undefined;
}

function invalid(text: string): DevregError {
  return new DevregError('usage', 'JSONPATH_INVALID', `The JSONPath ${text} is not understood.`, {
    hint: "Write paths in braces, of keys, indexes and *: -o jsonpath='{[0].password}'.",
  });
}

function notFound(source: string): DevregError {
  return new DevregError('not-found', 'JSONPATH_NOT_FOUND', `The JSONPath {${source}} leads nowhere.`, {
    hint: 'See what there is with -o json.',
  });
}
