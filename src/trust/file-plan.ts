/** What is to become of each file, from what is wanted, what is there, and what devreg did before. Pure. */
import { FORMS, type FilePart } from './file-forms.ts';
import type { FormName, Owner, TargetName, WantedPart } from './target.ts';
import { type LedgerFile, hashOf } from './trust-ledger.ts';

/** What stands at a path. */
export interface FoundFile {
  /** Undefined: nothing; `other`: something that is no file of text. */
  readonly content: { readonly text: string } | 'other' | undefined;
  /** Folders on the way that are missing, outermost first. */
  readonly missingFolders: readonly string[];
}

/**
 * What becomes of a file: it is made; it is changed; it is as it should be; it is somebody else's and stays; it gets
 * back what was there before; it is removed.
 */
export type FileAction = 'create' | 'change' | 'keep' | 'conflict' | 'restore' | 'remove';

/** One file's future. */
export interface FileChange {
  readonly target: TargetName;
  readonly path: string;
  readonly owner: Owner;
  readonly registries: readonly string[];
  readonly action: FileAction;
  /** What is there now; undefined: nothing, or nothing that is text. */
  readonly before: string | undefined;
  /** What will be there; undefined: nothing. */
  readonly after: string | undefined;
  /** To be made before, or removed afterwards where they are empty, outermost first. */
  readonly folders: readonly string[];
}

/** A file's future, and what is to be remembered of it afterwards. */
export interface PlannedFile {
  readonly change: FileChange;
  readonly entry: LedgerFile | undefined;
}

/** A file that parts are wanted in. */
export interface WantedFile {
  readonly target: TargetName;
  readonly path: string;
  readonly owner: Owner;
  readonly form: FormName;
  readonly parts: readonly FilePart[];
}

/** Brings the parts that go to the same file together. */
export function groupByFile(target: TargetName, parts: readonly WantedPart[]): WantedFile[] {
  return [...Map.groupBy(parts, ({ path }) => path).values()].flatMap((same) => {
    const [first] = same;
    return first === undefined
      ? []
      : [{ ...first, target, parts: same.map(({ registry, text }) => ({ registry, text })) }];
  });
}

/** Plans what brings parts into a file. */
export function planAdding(wanted: WantedFile, found: FoundFile, known: LedgerFile | undefined): PlannedFile {
  const { target, path, owner, form } = wanted;
  const before = textOf(found);
  const base = { target, path, owner, registries: wanted.parts.map(({ registry }) => registry), before };
  const stay = (action: 'keep' | 'conflict'): PlannedFile => ({
    change: { ...base, action, after: before, folders: [] },
    entry: known,
  });
  if (found.content === 'other') return stay('conflict');
  const original = originalOf(before, known);
  if (original !== undefined && wanted.parts.every((part) => FORMS[form].holds(original, part))) return stay('keep');
  if (original !== undefined && !FORMS[form].accepts(original)) return stay('conflict');
  const parts = [...otherParts(known, wanted.parts), ...wanted.parts].filter(
    (part) => original === undefined || !FORMS[form].holds(original, part),
  );
  const after = FORMS[form].add(original, parts);
  const folders = [...new Set([...(known?.folders ?? []), ...found.missingFolders])];
  const hashes = [...new Set([hashOf(after), ...(isOurs(before, known) ? [hashOf(before)] : [])])];
  const action = after === before ? 'keep' : before === undefined ? 'create' : 'change';
  return {
    change: { ...base, action, after, folders: action === 'create' ? found.missingFolders : [] },
    entry: { target, path, owner, form, parts, hashes, original: original ?? null, folders },
  };
}

/** Plans what takes the parts of registries out of a file; what others changed since stays. */
export function planTaking(known: LedgerFile, registries: ReadonlySet<string>, found: FoundFile): PlannedFile {
  const { target, path, owner, form, folders } = known;
  const taken = known.parts.filter(({ registry }) => registries.has(registry));
  const left = known.parts.filter(({ registry }) => !registries.has(registry));
  const before = textOf(found);
  const base = { target, path, owner, registries: taken.map(({ registry }) => registry), before, folders: [] };
  if (found.content === 'other') return { change: { ...base, action: 'conflict', after: before }, entry: undefined };
  if (before === undefined) return { change: { ...base, action: 'keep', after: undefined, folders }, entry: undefined };
  const isUnchanged = isOurs(before, known);
  const after = isUnchanged ? rewritten(known, left) : FORMS[form].take(before, taken);
  if (after === undefined) return { change: { ...base, action: 'remove', after, folders }, entry: undefined };
  const hashes = isUnchanged ? [...new Set([hashOf(after), hashOf(before)])] : known.hashes;
  const entry = left.length === 0 ? undefined : { ...known, parts: left, hashes };
  const isStranger = !isUnchanged && form === 'whole';
  const action = after !== before ? 'restore' : isStranger ? 'conflict' : 'keep';
  return { change: { ...base, action, after }, entry };
}

/** A file as devreg would write it with some of its parts. */
function rewritten({ form, original }: LedgerFile, parts: readonly FilePart[]): string | undefined {
  return parts.length === 0 ? (original ?? undefined) : FORMS[form].add(original ?? undefined, parts);
}

/** What would be there without devreg. */
function originalOf(before: string | undefined, known: LedgerFile | undefined): string | undefined {
  if (known === undefined || before === undefined) return before;
  if (isOurs(before, known)) return known.original ?? undefined;
  return FORMS[known.form].take(before, known.parts);
}

/** Whether a file says what devreg wrote, and nothing else. */
function isOurs(before: string | undefined, known: LedgerFile | undefined): before is string {
  return before !== undefined && known?.hashes.includes(hashOf(before)) === true;
}

function otherParts(known: LedgerFile | undefined, wanted: readonly FilePart[]): readonly FilePart[] {
  const names = new Set(wanted.map(({ registry }) => registry));
  return (known?.parts ?? []).filter(({ registry }) => !names.has(registry));
}

function textOf({ content }: FoundFile): string | undefined {
  return typeof content === 'object' ? content.text : undefined;
}
