/** The calls on a file system that the file store needs, and no more. */

/** What is known of a regular file. */
export interface FileFacts {
  /** In bytes. */
  readonly size: number;
  /** When its bytes last changed. */
  readonly changedAt: Date;
  /** How many names lead to it. */
  readonly names: number;
}

/** A file that is open. Reads and writes name their position; calls on different ranges may overlap in time. */
export interface OpenFile {
  /** As of the opening. */
  readonly facts: FileFacts;
  /** Writes all bytes of all buffers, one behind the other. When it rejects, any part may have been written. */
  write(buffers: readonly Uint8Array[], position: number): Promise<void>;
  /** Fills the target as far as bytes are there. @returns how many bytes; 0 at the end of the file */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Cuts the file off. */
  truncate(size: number): Promise<void>;
  /** Resolves when the bytes written before the call survive a power cut. */
  sync(): Promise<void>;
  /** Ends the use of the file; no other call may be under way. */
  close(): Promise<void>;
}

/**
 * A file system. Paths are absolute. Absence is a value; every other failure rejects with the system's own error,
 * its `code` included.
 */
export interface FileSystem {
  /** Makes a file for reading and writing. @returns undefined when the name is taken, even by a link that leads nowhere */
  createFile(path: string): Promise<OpenFile | undefined>;
  /** @returns the regular file of that name, or undefined when there is none; a symbolic link is none */
  openFile(path: string, access: 'read' | 'write'): Promise<OpenFile | undefined>;
  /** @returns what is known of the regular file of that name, or undefined when there is none; a symbolic link is none */
  stat(path: string): Promise<FileFacts | undefined>;
  /** Gives a file another name, in place of a file that had it. Both names are on one file system. */
  rename(from: string, to: string): Promise<void>;
  /** Takes a name away. @returns whether there was one */
  unlink(path: string): Promise<boolean>;
  /** Makes a directory for its owner alone. Rejects when something else has the name, a symbolic link included. */
  makeDirectory(path: string): Promise<'made' | 'there' | 'no-parent'>;
  /** @returns the names in a directory; none when there is no directory of that name */
  list(path: string): Promise<string[]>;
  /** Resolves when the names made, changed and taken away in a directory before the call survive a power cut. */
  syncDirectory(path: string): Promise<void>;
}

/** The code of a system error, such as `ENOSPC`; undefined when it is none. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
