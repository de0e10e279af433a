/** Reads and changes the files in which clients keep logins: whole or not at all, one entry at a time. */
import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DevregError, systemCodeOf, translateFileErrors, translateReadErrors } from '../errors.ts';
import { isObject, parseJson } from '../json-values.ts';
import { makeFolders } from '../make-folders.ts';
import { setEntry } from './json-text.ts';

/** What stands beside a file that devreg has changed: what it was before that. */
const BACKUP = '.before-devreg';

const OWNER_FILE = 0o600;
const OWNER_FOLDER = 0o700;

/** A file of logins as it was read. */
export interface LoginFile {
  readonly path: string;
  /** Undefined when there is none. */
  readonly text: string | undefined;
  readonly json: Readonly<Record<string, unknown>>;
}

/** A change: the section and the name in it, and what shall stand there; undefined: nothing. */
export interface EntryChange {
  readonly at: readonly [section: string, key: string];
  readonly value: unknown;
}

/**
 * Reads a file; one that is not there has nothing in it.
 * @throws DevregError CLIENT_FILE_DAMAGED, or when the file system refuses
 */
export async function readLoginFile(path: string): Promise<LoginFile> {
  const text = await readIfThere(path);
  if (text === undefined || text.trim() === '') return { path, text, json: {} };
  const json = parseObject(text);
  if (json !== undefined) return { path, text, json };
  throw new DevregError('failure', 'CLIENT_FILE_DAMAGED', `${path} is not a JSON object, so devreg leaves it alone.`, {
    hint: 'Mend it, or move it away.',
  });
}

/** An entry of a file, if it is an object. */
export function entryOf(
  { json }: LoginFile,
  section: string,
  key: string,
): Readonly<Record<string, unknown>> | undefined {
  const entries = json[section];
  return isObject(entries) && Object.hasOwn(entries, key) && isObject(entries[key]) ? entries[key] : undefined;
}

/** The helper that has the credentials of a registry; `credsStore` is the one for all others. */
export function helperOf({ json }: LoginFile, registry: string): string | undefined {
  const { credHelpers, credsStore } = json;
  const own = isObject(credHelpers) && Object.hasOwn(credHelpers, registry) ? credHelpers[registry] : undefined;
  const helper = own ?? credsStore;
  return typeof helper === 'string' && helper !== '' ? helper : undefined;
}

/**
 * Keeps what stands in a file while programs of others write into it: whatever they do to other entries, or to their
 * form, is put back.
 * @param names the entries that may change; where `work` fails for one, that one is as it was
 * @param work does it for one of them, and tells whether it went well
 * @throws what the work throws, and then the file is as it was; DevregError as `readLoginFile` does
 */
export async function keepOthers(
  { path, section }: { readonly path: string; readonly section: string },
  names: readonly string[],
  work: (name: string) => Promise<boolean>,
): Promise<void> {
  const before = await readLoginFile(path);
  const changes: EntryChange[] = [];
  await backUp(before, section, names);
  try {
    for (const name of names) {
      if (!(await work(name))) continue;
      const at = [section, name] as const;
      changes.push({ at, value: entryOf(await readLoginFile(path), ...at) });
    }
  } finally {
    const after = await readIfThere(path);
    // What a program has made is as it wants it.
    if (before.text !== undefined) await replace({ path, text: after }, textAfter(before, changes));
  }
}

/**
 * Sets entries of a file, and keeps what was there before beside it.
 * @returns whether anything was to be changed
 * @throws DevregError as `readLoginFile` does
 */
export async function setEntries(path: string, changes: readonly EntryChange[]): Promise<boolean> {
  const before = await readLoginFile(path);
  const wanted = textAfter(before, changes);
  if (wanted !== (before.text ?? '')) await writeBackup(path, before.text);
  return replace(before, wanted);
}

/**
 * Takes entries out of a file, and with them what was kept from before: secrets are in it, too.
 * @returns whether there were any
 * @throws DevregError as `readLoginFile` does
 */
export async function takeOutEntries(path: string, changes: readonly EntryChange[]): Promise<boolean> {
  const before = await readLoginFile(path);
  const isChanged = await replace(before, textAfter(before, changes));
  const backup = `${path}${BACKUP}`;
  if (isChanged) await translateFileErrors(`remove ${backup}`, () => rm(backup, { force: true }));
  return isChanged;
}

function textAfter({ text = '' }: LoginFile, changes: readonly EntryChange[]): string {
  return changes.reduce((done, { at, value }) => setEntry(done, at, value), text);
}

async function replace({ path, text }: Pick<LoginFile, 'path' | 'text'>, wanted: string): Promise<boolean> {
  if (wanted === (text ?? '')) return false;
  await writeWhole(await realpath(path).catch(() => path), wanted);
  return true;
}

/** As it is without logins of devreg's: those it gets anyway. */
async function backUp(file: LoginFile, section: string, names: readonly string[]): Promise<void> {
  const others = textAfter(
    file,
    names.map((name) => ({ at: [section, name], value: undefined })),
  );
  await writeBackup(file.path, file.text === undefined ? undefined : others);
}

/** Before devreg changes a file for the first time. */
async function writeBackup(path: string, text: string | undefined): Promise<void> {
  const backup = `${path}${BACKUP}`;
  if (text !== undefined && (await readIfThere(backup)) === undefined) await writeWhole(backup, text);
}

/** For its owner alone, whatever it was before: secrets are in it. */
async function writeWhole(path: string, text: string): Promise<void> {
  await translateFileErrors(`write ${path}`, async () => {
    await makeFolders(dirname(path), OWNER_FOLDER);
    const draft = `${path}.${randomUUID()}.draft`;
    try {
      await writeSynced(draft, text);
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  });
}

async function writeSynced(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', OWNER_FILE);
  await file.writeFile(text);
  await file.sync();
}

async function readIfThere(path: string): Promise<string | undefined> {
  return translateReadErrors(path, async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return undefined;
      throw error;
    }
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}
