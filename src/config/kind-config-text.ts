/** Fetches the text of the user's kind configuration from where it is. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { DevregError, systemCodeOf } from '../errors.ts';

/** What reading needs besides the file system. */
export interface KindConfigSources {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

/** Nobody writes one this long; whatever is, is something else. */
const SIZE_MAX = 1024 * 1024;

/** Milliseconds a server may take. */
const FETCH_TIMEOUT = 30_000;

/** What errors call a source. */
export function nameSource(source: string): string {
  return source === '-' ? 'standard input' : source;
}

/**
 * Reads all there is.
 * @throws DevregError KIND_CONFIG_UNREADABLE, or KIND_CONFIG_INVALID when it is too long or not UTF-8
 */
export async function readConfigText(source: string, sources: KindConfigSources): Promise<string> {
  const bytes = await readAll(await openSource(source, sources), source, sources.signal);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DevregError(
      'usage',
      'KIND_CONFIG_INVALID',
      `The kind configuration ${nameSource(source)} is not UTF-8 text.`,
      { cause },
    );
  }
}

async function openSource(source: string, sources: KindConfigSources): Promise<AsyncIterable<Uint8Array | string>> {
  if (source === '-') return sources.stdin;
  if (!/^https?:\/\//i.test(source)) return createReadStream(source, { signal: sources.signal });
  const response = await fetchConfig(source, sources);
  if (!response.ok) throw unreadable(source, `the server answers ${response.status} ${response.statusText}`.trimEnd());
  return response.body ?? Readable.from([]);
}

async function fetchConfig(url: string, { fetch, signal }: KindConfigSources): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT)]) });
  } catch (cause) {
    signal.throwIfAborted();
    throw unreadable(url, reasonOf(cause), cause);
  }
}

async function readAll(
  chunks: AsyncIterable<Uint8Array | string>,
  source: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of chunks) {
      const piece = Buffer.from(chunk);
      size += piece.length;
      if (size > SIZE_MAX) throw tooLong(source);
      pieces.push(piece);
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof DevregError ? cause : unreadable(source, reasonOf(cause), cause);
  }
  return Buffer.concat(pieces);
}

function tooLong(source: string): DevregError {
  const sentence = `The kind configuration ${nameSource(source)} is longer than 1 MiB.`;
  return new DevregError('usage', 'KIND_CONFIG_INVALID', sentence, { hint: 'Check that it is the right file.' });
}

function unreadable(source: string, reason: string, cause?: unknown): DevregError {
  const sentence = `Cannot read the kind configuration ${nameSource(source)}: ${reason}.`;
  const hint = 'Give a path, an http or https URL, or - for standard input.';
  return new DevregError('usage', 'KIND_CONFIG_UNREADABLE', sentence, { hint, cause });
}

const FILE_REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'permission is denied'],
  ['EISDIR', 'it is a folder'],
  ['ENOTFOUND', 'the name of its host does not resolve'],
  ['EAI_AGAIN', 'the name of its host does not resolve'],
  ['ECONNREFUSED', 'nothing answers there'],
]);

/** `fetch` wraps what the system said. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return 'the server does not answer';
  const known = FILE_REASONS.get(systemCodeOf(cause) ?? systemCodeOf(cause.cause) ?? '');
  return known ?? (cause.cause instanceof Error ? cause.cause.message : cause.message).replace(/\.$/, '');
}
