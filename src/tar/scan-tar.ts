/** Finds out what is in a tar archive by its headers alone, passing over the contents. */
import { BLOCK, checksumOf, FIELDS, paddedLength, readNumber, readText } from './header-fields.ts';
import { parsePaxRecords } from './pax.ts';

/** What can be read anywhere, such as a file. */
export interface RandomAccess {
  /** In bytes. */
  readonly size: number;
  /** Reads so many bytes; they are there. */
  read(at: number, length: number): Promise<Buffer>;
}

/** Something in an archive. */
export interface TarMember {
  /** As it is written there. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'symbolic-link' | 'hard-link' | 'other';
  /** Where its content begins. */
  readonly at: number;
  /** Of the content, in bytes. */
  readonly size: number;
  /** Where a link leads. */
  readonly target: string;
}

/** It is no tar archive, or one that was cut off, or has what is not supported. The message is a sentence's end. */
export class TarDamagedError extends Error {
  override readonly name = 'TarDamagedError';
}

/** Names and extended headers are short; a longer one would only fill the memory. */
const EXTENSION_MAX = 1024 * 1024;

/** Images have some hundred. */
const MEMBERS_MAX = 500_000;

const KINDS: ReadonlyMap<string, TarMember['kind']> = new Map([
  ['0', 'file'],
  ['\0', 'file'],
  ['7', 'file'],
  ['1', 'hard-link'],
  ['2', 'symbolic-link'],
  ['3', 'other'],
  ['4', 'other'],
  ['5', 'folder'],
  ['6', 'other'],
]);

/** What was said of the next member in headers before its own. */
interface Extension {
  path?: string;
  target?: string;
  size?: number;
}

/**
 * Goes from header to header: ustar, pax and GNU's.
 * @throws TarDamagedError
 */
export async function* scanTar(archive: RandomAccess): AsyncGenerator<TarMember> {
  let next: Extension = {};
  let count = 0;
  for (let at = 0; at < archive.size;) {
    const header = await readWithin(archive, at, BLOCK);
    if (header.every((byte) => byte === 0)) return;
    checkHeader(header, at);
    if (++count > MEMBERS_MAX) throw new TarDamagedError('it has too many entries');
    const type = header.toString('latin1', FIELDS.type.at, FIELDS.type.at + 1);
    const size = next.size ?? sizeIn(header);
    const content = at + BLOCK;
    if (isExtension(type)) {
      next = { ...next, ...readExtension(type, await readExtensionText(archive, content, size)) };
      at = content + paddedLength(size);
      continue;
    }
    const member = memberOf(header, type, next, { at: content, size });
    if (content + paddedLength(member.size) > archive.size) throw new TarDamagedError('it ends too early');
    yield member;
    at = content + paddedLength(member.size);
    next = {};
  }
}

function isExtension(type: string): boolean {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K';
}

function checkHeader(header: Buffer, at: number): void {
  if (readNumber(header, FIELDS.checksum) === checksumOf(header)) return;
  throw new TarDamagedError(at === 0 ? 'it is not a tar archive' : 'it is damaged');
}

function sizeIn(header: Buffer): number {
  const size = readNumber(header, FIELDS.size);
  if (!Number.isSafeInteger(size) || size < 0) throw new TarDamagedError('it is damaged');
  return size;
}

async function readWithin(archive: RandomAccess, at: number, length: number): Promise<Buffer> {
  if (at + length > archive.size) throw new TarDamagedError('it ends too early');
  return archive.read(at, length);
}

async function readExtensionText(archive: RandomAccess, at: number, size: number): Promise<Buffer> {
  if (size > EXTENSION_MAX) throw new TarDamagedError('it has a header that is too long');
  return readWithin(archive, at, size);
}

function readExtension(type: string, bytes: Buffer): Extension {
  if (type === 'L') return { path: bytes.toString('utf8').replace(/\0.*$/s, '') };
  if (type === 'K') return { target: bytes.toString('utf8').replace(/\0.*$/s, '') };
  const records = parsePaxRecords(bytes);
  if (records === undefined) throw new TarDamagedError('it is damaged');
  if ([...records.keys()].some((keyword) => keyword.startsWith('GNU.sparse.'))) throw sparse();
  if (type === 'g') return {};
  const [path, target, size] = [records.get('path'), records.get('linkpath'), records.get('size')];
  return {
    ...(path !== undefined && { path }),
    ...(target !== undefined && { target }),
    ...(size !== undefined && { size: readPaxSize(size) }),
  };
}

function readPaxSize(text: string): number {
  const size = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw new TarDamagedError('it is damaged');
  return size;
}

function memberOf(header: Buffer, type: string, next: Extension, content: { at: number; size: number }): TarMember {
  if (type === 'S') throw sparse();
  const path = next.path ?? pathIn(header);
  const plain = KINDS.get(type) ?? 'other';
  const kind = type === '\0' && path.endsWith('/') ? 'folder' : plain;
  // Of links, folders and devices a size says nothing: nothing follows. What is not known has content.
  const hasContent = kind === 'file' || !KINDS.has(type);
  const target = next.target ?? readText(header, FIELDS.link);
  return { path, kind, at: content.at, size: hasContent ? content.size : 0, target };
}

/** GNU's own headers have other things where the prefix is. */
function pathIn(header: Buffer): string {
  const name = readText(header, FIELDS.name);
  const isPosix = header.toString('latin1', FIELDS.magic.at, FIELDS.magic.at + 6) === 'ustar\0';
  const prefix = isPosix ? readText(header, FIELDS.prefix) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function sparse(): TarDamagedError {
  return new TarDamagedError('it has sparse files, which are not supported');
}
