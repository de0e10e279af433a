/** A tar archive in a file as a tree of files. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { translateReadErrors } from '../errors.ts';
import { scanTar, TarDamagedError, type TarMember } from '../tar/scan-tar.ts';
import { archiveUnreadable } from './archive-errors.ts';
import type { FileTree, TreeFile } from './file-tree.ts';

/** Links that lead to links are followed so far. */
const LINKS_MAX = 16;

const PIECE_BYTES = 256 * 1024;

/**
 * Opens an archive that is not compressed.
 * @param name for sentences, when it is not the path
 * @throws DevregError ARCHIVE_UNREADABLE, PATH_MISSING, FILE_DENIED
 */
export async function openTar(path: string, name = path): Promise<FileTree> {
  const members = await translateReadErrors(name, async () => {
    await using file = await open(path);
    return await readMembers(file, name);
  });
  return {
    name,
    find: async (inner) => openMember(path, followLinks(members, normalize(inner))),
    list: async (folder) => namesIn(members, normalize(folder)),
    [Symbol.asyncDispose]: async () => {},
  };
}

type Members = ReadonlyMap<string, TarMember>;

/** By path; where a path is there twice, the last counts, as when the archive is unpacked. */
async function readMembers(file: FileHandle, name: string): Promise<Members> {
  const { size } = await file.stat();
  const read = async (at: number, length: number): Promise<Buffer> => {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
    if (bytesRead < length) throw new TarDamagedError('it ends too early');
    return buffer;
  };
  const members = new Map<string, TarMember>();
  try {
    for await (const member of scanTar({ size, read })) members.set(normalize(member.path), member);
  } catch (error) {
    if (error instanceof TarDamagedError) throw archiveUnreadable(name, error.message, error);
    throw error;
  }
  return members;
}

/** Without `./` and slashes at the ends; what would lead out of the archive stays inside. */
function normalize(path: string): string {
  return posix.normalize(`/${path}`).slice(1).replace(/\/$/, '');
}

function followLinks(members: Members, path: string): TarMember | undefined {
  let place = path;
  for (let links = 0; links < LINKS_MAX; links++) {
    const member = members.get(place);
    if (member?.kind === 'symbolic-link') place = normalize(posix.join(posix.dirname(place), member.target));
    else if (member?.kind === 'hard-link') place = normalize(member.target);
    else return member;
  }
  return undefined;
}

function openMember(path: string, member: TarMember | undefined): TreeFile | undefined {
  if (member?.kind !== 'file') return undefined;
  const { at, size } = member;
  const openAt = (offset = 0) => {
    if (offset >= size) return Readable.from([], { objectMode: false });
    return createReadStream(path, { start: at + offset, end: at + size - 1, highWaterMark: PIECE_BYTES });
  };
  return { size, open: openAt };
}

function namesIn(members: Members, folder: string): readonly string[] {
  const start = folder === '' ? '' : `${folder}/`;
  const names = [...members.keys()].filter((path) => path.startsWith(start) && path !== folder);
  return [...new Set(names.map((path) => path.slice(start.length).split('/', 1)[0] ?? ''))].toSorted();
}
