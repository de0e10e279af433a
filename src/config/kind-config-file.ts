/** Reads the user's kind configuration: from a file, a URL or standard input, and says where it is broken. */
import { LineCounter, parseAllDocuments } from 'yaml';
import { DevregError } from '../errors.ts';
import { findShapeProblem, isKindConfig } from './kind-config-shape.ts';
import type { KindConfigSources } from './kind-config-text.ts';
import { nameSource, readConfigText } from './kind-config-text.ts';
import type { KindConfig } from './kind-config.ts';

/**
 * Reads a kind configuration.
 * @param source a path, an `http:` or `https:` URL, or `-` for standard input
 * @throws DevregError KIND_CONFIG_UNREADABLE, and KIND_CONFIG_INVALID with file, line and column
 */
export async function readKindConfig(source: string, sources: KindConfigSources): Promise<KindConfig> {
  return parseKindConfig(await readConfigText(source, sources), nameSource(source));
}

/**
 * Parses a kind configuration.
 * @param name what errors call the text
 * @throws DevregError KIND_CONFIG_INVALID with line and column
 */
export function parseKindConfig(text: string, name: string): KindConfig {
  const lineCounter = new LineCounter();
  const [document, ...more] = parseAllDocuments(text, {
    lineCounter,
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  if (document === undefined) throw invalid(name, 'there is nothing in it');
  const [broken] = document.errors;
  if (broken !== undefined) throw invalid(at(broken.pos[0]), describe(broken.message));
  const [second] = more;
  if (second !== undefined) {
    throw invalid(
      at(second.contents?.range?.[0] ?? second.range[0]),
      'a second document begins here; kind takes only one',
    );
  }
  const value = readValue(document, name);
  const problem = findShapeProblem(value);
  if (problem !== undefined) throw invalid(at(offsetOf(document, problem.path)), problem.what);
  if (!isKindConfig(value)) throw invalid(name, 'it is not a kind configuration');
  return value;
}

type Document = ReturnType<typeof parseAllDocuments>[number];

/** A field without a value counts as absent, as kind has it. Aliases that would unfold without end are refused. */
function readValue(document: Document, name: string): unknown {
  try {
    return document.toJS({ reviver: (_key, value) => value ?? undefined });
  } catch (cause) {
    throw invalid(name, cause instanceof Error ? describe(cause.message) : 'its aliases cannot be followed');
  }
}

/** Where the nearest thing on the way to a value stands in the text. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      const [start]: unknown[] = node.range;
      if (typeof start === 'number') return start;
    }
  }
  return 0;
}

/** A sentence of the parser in the middle of ours. */
function describe(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}

function invalid(where: string, what: string): DevregError {
  return new DevregError('usage', 'KIND_CONFIG_INVALID', `The kind configuration is broken at ${where}: ${what}.`, {
    hint: 'https://kind.sigs.k8s.io/docs/user/configuration/ says what may stand in it.',
  });
}
