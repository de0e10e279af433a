/** What a configuration file says: which options it gives, and on which line. Pure. */
import { LineCounter, type Node, type Pair, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { DevregError } from '../errors.ts';
import { closestOf } from './closest-word.ts';
import { CONFIG_OPTIONS } from './config-options.ts';
import type { Declaration, Schema } from './declaration.ts';

/** What every such file begins with. */
export const CONFIG_HEAD = { apiVersion: 'devreg.dev/v1', kind: 'Cluster' } as const;

/** An option that a file gives. */
export interface FileOption {
  readonly name: string;
  readonly texts: readonly string[];
  /** From 1 on. */
  readonly line: number;
}

type Document = ReturnType<typeof parseDocument>;

/**
 * Reads a configuration file.
 * @param name what errors call it
 * @throws DevregError CONFIG_FILE_INVALID naming everything in it that makes no sense, with its line
 */
export function parseConfigFile(text: string, name: string): readonly FileOption[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  const lineOf = (node: Node | null | undefined) => lineCounter.linePos(node?.range?.[0] ?? 0).line;
  const [broken] = document.errors;
  if (broken !== undefined)
    throw invalid([`line ${lineCounter.linePos(broken.pos[0]).line}: ${sentence(broken.message)}`], name);
  const { contents } = document;
  if (!isMap(contents)) throw invalid([`line 1: ${JSON.stringify(CONFIG_HEAD)} and options are expected`], name);
  const problems: string[] = [];
  const options = contents.items.flatMap((pair) => {
    const key = pair.key;
    try {
      return readPair(pair, lineOf(key), document);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push(`line ${lineOf(error.node ?? key)}: ${error.message}`);
      return [];
    }
  });
  for (const [key, value] of Object.entries(CONFIG_HEAD))
    if (document.get(key) === undefined) problems.push(`${key}: ${value} is missing`);
  if (problems.length > 0) throw invalid(problems, name);
  return options;
}

/** What is wrong with one option. */
class Problem extends Error {
  readonly node: Node | undefined;

  constructor(message: string, node?: Node) {
    super(message);
    this.node = node;
  }
}

function readPair({ key, value }: Pair, line: number, document: Document): FileOption[] {
  const name = isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
  if (name === undefined) throw new Problem('the name of an option must be a text');
  const node = follow(value, document);
  const fixed = Object.entries(CONFIG_HEAD).find(([word]) => word === name)?.[1];
  if (fixed !== undefined) {
    if (!isScalar(node) || node.value !== fixed) throw new Problem(`${name} must be ${fixed}`, asNode(node));
    return [];
  }
  const declaration = Object.hasOwn(CONFIG_OPTIONS, name) ? CONFIG_OPTIONS[name] : undefined;
  if (declaration === undefined) throw new Problem(unknown(name));
  return [{ name, texts: readValue(node, name, declaration, document), line }];
}

function readValue(node: unknown, name: string, declaration: Declaration<unknown>, document: Document): string[] {
  if (!declaration.isList) return [readOne(node, name, declaration)];
  if (!isSeq(node)) throw new Problem(`${name} must be a list of ${declaration.expected}`, asNode(node));
  return node.items.map((item) => readOne(follow(item, document), name, declaration));
}

function readOne(node: unknown, name: string, { schema, expected, parse }: Declaration<unknown>): string {
  const value = isScalar(node) ? node.value : undefined;
  const text = isOfType(value, schema) ? String(value) : undefined;
  if (text !== undefined && parse(text) !== undefined) return text;
  const quotes = schema.type === 'string' && typeof value !== 'string' && parse(String(value)) !== undefined;
  const shown = isScalar(node) ? `, not ${JSON.stringify(value)}${quotes ? ' without quotes' : ''}` : '';
  throw new Problem(`${name} must be ${expected}${shown}`, asNode(node));
}

function isOfType(value: unknown, { type }: Schema): value is string | number | boolean {
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function follow(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function asNode(node: unknown): Node | undefined {
  return isScalar(node) || isSeq(node) || isMap(node) ? node : undefined;
}

function unknown(name: string): string {
  const camel = name.replaceAll(/[-_]+([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  const closest = closestOf(camel, Object.keys(CONFIG_OPTIONS));
  return `there is no option ${JSON.stringify(name)}${closest === undefined ? '' : `; did you mean ${closest}`}`;
}

/** What the parser says, in the middle of ours. */
function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}

function invalid(problems: readonly string[], name: string): DevregError {
  return new DevregError('usage', 'CONFIG_FILE_INVALID', `${name}, ${problems.join('; ')}.`, {
    hint: 'devreg config schema says what may stand in it; an editor that reads it helps while typing.',
  });
}
