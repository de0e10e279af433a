/** The part of the image that changes only with Node: the program, its libraries, and the few files every image has. */
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import { translateReadErrors } from '../errors.ts';
import { type ArchiveFile, fileOfDisk } from '../tar/archive-file.ts';
import { DATA_FOLDER, NODE_PATH } from './image-layout.ts';

/** A file of this machine that the image is made of, and by what one sees that it changed. */
export interface HostFile {
  /** Without symbolic links. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
  /** Where it is in the image, without leading slash. */
  readonly place: string;
}

const PASSWD = 'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n';
const GROUP = 'root:x:0:\nnogroup:x:65534:\n';
const NAME_SERVICES = 'hosts: files dns\n';

const EVERYBODY = 0o777;
const STICKY = 0o1777;
const PROGRAM = 0o755;
const READABLE = 0o644;

/** Looks at a file that goes to a place in the image. @throws DevregError when it cannot be read */
export async function lookAt(path: string, place: string): Promise<HostFile> {
  return translateReadErrors(path, async () => {
    const target = await realpath(path);
    const { size, mtimeMs } = await stat(target);
    return { path: target, size, changed: mtimeMs, place };
  });
}

/** Node and its libraries; each library keeps its place, since that is where the loader looks. */
export function lookAtNode(node: string, libraries: readonly string[]): Promise<HostFile[]> {
  return Promise.all([lookAt(node, NODE_PATH), ...libraries.map((path) => lookAt(path, path.slice(1)))]);
}

/** Entries of the layer. */
export function nodeLayerFiles(files: readonly HostFile[]): ArchiveFile[] {
  return [
    ...files.map((file) => fileOfDisk(file.place, PROGRAM, file)),
    text('etc/passwd', PASSWD),
    text('etc/group', GROUP),
    text('etc/nsswitch.conf', NAME_SERVICES),
    { kind: 'folder', path: 'tmp', mode: STICKY },
    { kind: 'folder', path: DATA_FOLDER, mode: EVERYBODY },
  ];
}

/** The folders of the libraries, for the loader: it knows those of this machine's own settings by a file we leave out. */
export function libraryFolders(files: readonly HostFile[]): string[] {
  const folders = files.filter(({ place }) => place !== NODE_PATH).map(({ place }) => `/${dirname(place)}`);
  return [...new Set(folders)].toSorted();
}

function text(path: string, content: string): ArchiveFile {
  return { kind: 'bytes', path, mode: READABLE, bytes: Buffer.from(content) };
}
