/** The codes that the source throws, found by reading it. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import type { ErrorKind } from '../../src/errors.ts';
import { ROOT } from './pages.ts';

/** A code and the exit code it ends the program with. */
export interface ThrownCode {
  readonly code: string;
  readonly exitCode: number;
}

/** Making an error: the kind, written out or passed on, and the code, written out or worked out before. */
const MAKING = /(?:new DevregError|super)\(\s*(?:'([a-z-]+)'|[\w.]+),\s*(?:'([A-Z0-9_]+)'|[\w.]+\s*[,?])/g;

/** A code that is worked out stands elsewhere in the same file; codes of the system have no underscore. */
const CODE = /'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g;

/** Every file of the source, as text by its path. */
export async function readSource(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = names.map(async (name) => [name, await readFile(join(ROOT, 'src', name), 'utf8')] as const);
  return new Map(await Promise.all(texts));
}

/**
 * The codes of the errors that a file makes.
 * @throws Error when it makes one in a way that is not understood here
 */
export function codesIn(file: string, text: string): readonly ThrownCode[] {
  const isSubclass = text.includes('extends DevregError');
  const makings = [...text.matchAll(MAKING)].filter(([words]) => isSubclass || !words.startsWith('super'));
  const all = text.split('new DevregError(').length - 1 + text.split('extends DevregError').length - 1;
  if (makings.length !== all) throw new Error(`${file} makes errors whose kind or code cannot be read.`);
  const written = makings.map(([, , code]) => code);
  const others = [...text.matchAll(CODE)].map(([, code = '']) => code).filter((code) => !written.includes(code));
  return makings.flatMap(([, kind, code]) => {
    // What comes with a kind from elsewhere is passed on, and was made there.
    if (kind === undefined) return [];
    return (code === undefined ? others : [code]).map((one) => ({ code: one, exitCode: exitCodeOf(kind, file) }));
  });
}

function exitCodeOf(kind: string, file: string): number {
  if (!(kind in EXIT_CODES)) throw new Error(`${file} makes an error of the kind ${kind}.`);
  return EXIT_CODES[kind as ErrorKind];
}
