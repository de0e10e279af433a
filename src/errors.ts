/** Errors that a user can do something about, as every room of the tool throws them. */

/** What sort of failure it is; the command line gives each its exit code. */
export type ErrorKind =
  | 'failure'
  | 'usage'
  | 'not-found'
  | 'credentials'
  | 'conflict'
  | 'prerequisite'
  | 'timeout'
  | 'problems-found'
  | 'interrupted';

/** A failure with a stable code, one sentence for people, and what to do next. Bugs are plain errors. */
export class DevregError extends Error {
  override readonly name: string = 'DevregError';
  readonly kind: ErrorKind;
  /** Upper-case words joined by underscores; never changes its meaning. */
  readonly code: string;
  /** What to do next, in one or two sentences. */
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.code = code;
    this.hint = options.hint;
  }
}

/** Tells a user's error from a bug. */
export function isDevregError(error: unknown): error is DevregError {
  return error instanceof DevregError;
}

/** An error in one line: its sentence, and what to do next. */
export function fullMessageOf({ message, hint }: DevregError): string {
  return hint === undefined ? message : `${message} ${hint}`;
}

/** The system's error code, such as `ENOENT`; undefined when the error did not come from the system. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

interface FileProblem {
  readonly code: string;
  readonly what: string;
  readonly hint: string;
}

const DENIED = {
  code: 'FILE_DENIED',
  hint: 'Check who owns it: running with sudo once leaves files that belong to root.',
};
const DISK_FULL = { code: 'DISK_FULL', hint: 'Free some space and try again.' };
const PATH_MISSING = {
  code: 'PATH_MISSING',
  hint: 'Make the folder it should be in, or try again if it was there a moment ago.',
};
const PATH_BLOCKED = { code: 'PATH_BLOCKED', hint: 'Move away what is in its place and try again.' };

/** What a file system refuses and a user can set right, by the system's error code. */
const FILE_PROBLEMS: ReadonlyMap<string, FileProblem> = new Map([
  ['EACCES', { ...DENIED, what: 'permission is denied' }],
  ['EPERM', { ...DENIED, what: 'it is not permitted' }],
  ['EROFS', { ...DENIED, what: 'the file system is read-only', hint: 'Choose a folder that can be written to.' }],
  ['ENOSPC', { ...DISK_FULL, what: 'the disk is full' }],
  ['EDQUOT', { ...DISK_FULL, what: 'the quota is used up' }],
  ['ENOENT', { ...PATH_MISSING, what: 'a folder on the way to it is missing' }],
  ['EEXIST', { ...PATH_BLOCKED, what: 'something else is in its place' }],
  ['EISDIR', { ...PATH_BLOCKED, what: 'a folder is in its place' }],
  ['ENOTDIR', { ...PATH_BLOCKED, what: 'a file is where a folder should be' }],
  ['ELOOP', { ...PATH_BLOCKED, what: 'its symbolic links go in a circle' }],
]);

/** The same where something is read: what is missing may be that itself. */
const READ_PROBLEMS: ReadonlyMap<string, FileProblem> = new Map<string, FileProblem>([
  ...FILE_PROBLEMS,
  [
    'ENOENT',
    {
      ...PATH_MISSING,
      what: 'nothing is there',
      hint: 'Check the path, which counts from the folder the command is run in.',
    },
  ],
]);

/**
 * Does work with files, and translates what the file system refuses, at the edge where it is seen.
 * @param task what is tried, as it goes after "Cannot": `write /home/a/b`
 * @throws DevregError with the cause, or the error itself when it is none a user can set right
 */
export async function translateFileErrors<T>(task: string, work: () => Promise<T>): Promise<T> {
  return translate(FILE_PROBLEMS, task, work);
}

/** As `translateFileErrors`, for work that reads what is at a path. */
export async function translateReadErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  return translate(READ_PROBLEMS, `read ${path}`, work);
}

async function translate<T>(
  problems: ReadonlyMap<string, FileProblem>,
  task: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const problem = problems.get(systemCodeOf(cause) ?? '');
    if (problem === undefined) throw cause;
    throw new DevregError('failure', problem.code, `Cannot ${task}: ${problem.what}.`, { hint: problem.hint, cause });
  }
}
