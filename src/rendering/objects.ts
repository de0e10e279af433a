/** Text to Kubernetes objects and back, as kubectl reads and writes it. */
import { type Document, isMap, LineCounter, parseAllDocuments, stringify, type Tags } from 'yaml';
import { DevregError } from '../errors.ts';
import type { Asset } from './assets.ts';

/** A Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Parts of YAML 1.1 that kubectl does not know either: dates stay text, and 22:30 is not a number. */
function isUnknownToKubectl(tag: Tags[number]): boolean {
  return typeof tag === 'string' ? tag === 'timestamp' : tag.tag.endsWith(':timestamp') || tag.format === 'TIME';
}

/** YAML 1.1: in 1.2 a mode of 0644 would be 644 in decimal. */
const YAML = {
  version: '1.1',
  customTags: (tags: Tags): Tags => tags.filter((tag) => !isUnknownToKubectl(tag)),
} as const;

/**
 * Reads a file of one or more documents; empty ones are left out.
 * @throws DevregError OBJECT_INVALID with file and line
 */
export function parseObjects({ path, text }: Asset): Manifest[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { ...YAML, lineCounter });
  if (!Array.isArray(documents)) return [];
  return documents
    .map((document) => {
      const lineOf = (offset: number) => lineCounter.linePos(offset).line;
      const [error] = document.errors;
      if (error !== undefined) throw invalid(path, lineOf(error.pos[0]), firstLine(error.message));
      return readObject(document, path, lineOf(document.contents?.range?.[0] ?? document.range[0]));
    })
    .filter((object) => object !== undefined);
}

/** @returns the objects as one text of several documents, which reads back the same */
export function formatYaml(objects: readonly object[]): string {
  return objects
    .map((object) => stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
}

function readObject(document: Document.Parsed, path: string, line: number): Manifest | undefined {
  if (document.contents === null) return undefined;
  const object: unknown = document.toJS();
  if (object === null) return undefined;
  if (!isMap(document.contents)) throw invalid(path, line, 'a Kubernetes object is a map');
  const missing = [['apiVersion'], ['kind'], ['metadata', 'name']].find((way) => {
    const value = document.getIn(way);
    return typeof value !== 'string' || value === '';
  });
  if (missing !== undefined) throw invalid(path, line, `the object has no ${missing.join('.')}`);
  return object as Manifest;
}

function invalid(path: string, line: number, problem: string): DevregError {
  return new DevregError('usage', 'OBJECT_INVALID', `${path}, line ${line}: ${problem}.`, {
    hint: 'Set it right and try again; kubectl apply --dry-run=client -f reads it the same way.',
  });
}

/** Errors of the parser go on with an excerpt, and may say the line again. */
function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
}
