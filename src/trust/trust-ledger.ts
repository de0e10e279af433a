/** What `devreg trust` has done on this machine, so that exactly that can be taken back. Pure. */
import { createHash } from 'node:crypto';
import { DevregError } from '../errors.ts';
import { isObject, parseJson } from '../json-values.ts';
import type { FilePart } from './file-forms.ts';
import type { FormName, Owner, TargetName } from './target.ts';
import { TARGET_NAMES } from './target.ts';

/** A file that devreg's parts are in. */
export interface LedgerFile {
  readonly target: TargetName;
  readonly path: string;
  readonly owner: Owner;
  readonly form: FormName;
  readonly parts: readonly FilePart[];
  /** The sha256 of the file as devreg wrote it, the newest first: the last writing may not have come about. */
  readonly hashes: readonly string[];
  /** What was there before devreg came; null: nothing. */
  readonly original: string | null;
  /** Folders that were made for it, outermost first. */
  readonly folders: readonly string[];
}

/** A command that was run. */
export interface LedgerCommand {
  readonly target: TargetName;
  readonly id: string;
  readonly owner: Owner;
  readonly undo: readonly string[];
  /** Those that want what it did. */
  readonly registries: readonly string[];
  /** Whether devreg ran it; else it was given to the user to be run. */
  readonly isCertain: boolean;
}

/** All that was done. */
export interface Ledger {
  readonly files: readonly LedgerFile[];
  readonly commands: readonly LedgerCommand[];
}

/** Nothing was done. */
export const EMPTY_LEDGER: Ledger = { files: [], commands: [] };

const FORMAT = 1;

/** Writes it down. */
export function formatLedger(ledger: Ledger): string {
  return `${JSON.stringify({ format: FORMAT, ...ledger }, undefined, 2)}\n`;
}

/**
 * Reads it.
 * @param text undefined: nothing was written yet
 * @throws DevregError RECORD_DAMAGED
 */
export function parseLedger(text: string | undefined, file: string): Ledger {
  if (text === undefined) return EMPTY_LEDGER;
  const json = parseJson(text);
  if (isLedger(json)) return { files: json.files, commands: json.commands };
  throw new DevregError('failure', 'RECORD_DAMAGED', `${file} is not what devreg wrote there.`, {
    hint: 'Move it away: devreg then takes nothing back of what it wrote before.',
  });
}

/** The sha256 of a text, lower-case hex. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

type Json = Readonly<Record<string, unknown>>;

function isLedger(json: unknown): json is Ledger {
  if (!isObject(json) || json['format'] !== FORMAT) return false;
  const { files, commands } = json;
  return Array.isArray(files) && files.every(isFile) && Array.isArray(commands) && commands.every(isCommand);
}

function isFile(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { path, form, parts, hashes, original, folders } = value;
  return (
    isOwned(value) &&
    areTexts(path) &&
    isTextList(hashes) &&
    (form === 'whole' || form === 'json-list' || form === 'blocks') &&
    (original === null || typeof original === 'string') &&
    isTextList(folders) &&
    Array.isArray(parts) &&
    parts.every((part) => isObject(part) && areTexts(part['registry'], part['text']))
  );
}

function isCommand(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { id, undo, registries, isCertain } = value;
  return isOwned(value) && areTexts(id) && isTextList(undo) && isTextList(registries) && typeof isCertain === 'boolean';
}

function isOwned({ target, owner }: Json): boolean {
  return TARGET_NAMES.some((name) => name === target) && (owner === 'user' || owner === 'root');
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && areTexts(...value);
}

function areTexts(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}
