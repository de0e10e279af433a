/** All that making targets trust takes, and all that taking it back takes, before anything is done. Pure. */
import { type FileChange, type FoundFile, type WantedFile, groupByFile, planAdding, planTaking } from './file-plan.ts';
import type { Owner, TargetName, TrustHost, TrustSubject } from './target.ts';
import { TARGETS } from './targets.ts';
import type { Ledger, LedgerCommand, LedgerFile } from './trust-ledger.ts';

/** A command, and whose it is. */
interface CommandStep {
  readonly target: TargetName;
  readonly owner: Owner;
  readonly argv: readonly string[];
}

const FILES_READ_AT_START = /daemon\.json$/;

/** Told to read its settings again, Docker forgets no entry of a list that is gone. */
const STILL_READ =
  'Docker goes by what it has read until it starts anew: sudo systemctl restart docker, or Docker Desktop from its icon.';

/** What will be done, in this order: files, then commands. */
export interface TrustPlan {
  readonly files: readonly FileChange[];
  readonly commands: readonly CommandStep[];
  /** What is left to the user, by target, where something changes. */
  readonly hints: readonly { readonly target: TargetName; readonly hint: string }[];
  /** Targets that cannot do what is wanted, and why. */
  readonly unfit: readonly { readonly target: TargetName; readonly reason: string }[];
  /** What is to be remembered before the files are touched, and when the commands have been run. */
  readonly ledgers: { readonly before: Ledger; readonly after: Ledger };
}

/** What targets want, before anybody looked at the files. */
export interface TrustWants {
  readonly files: readonly WantedFile[];
  readonly commands: readonly LedgerCommand[];
  /** What `commands` are to be run as, by id. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
  readonly hints: TrustPlan['hints'];
  readonly unfit: TrustPlan['unfit'];
}

/** Asks each target what it takes. */
export function collectWants(targets: readonly TargetName[], subject: TrustSubject, host: TrustHost): TrustWants {
  const answers = targets.map((target) => ({ target, answer: TARGETS[target](subject, host) }));
  const fit = answers.flatMap(({ target, answer }) => ('unfit' in answer ? [] : [{ target, ...answer }]));
  const { registries } = subject;
  return {
    files: fit.flatMap(({ target, parts }) => groupByFile(target, parts)),
    commands: fit.flatMap(({ target, commands }) =>
      commands.map(({ id, owner, undo }) => ({ target, id, owner, undo, registries, isCertain: true })),
    ),
    lines: new Map(fit.flatMap(({ commands }) => commands.map(({ id, argv }) => [id, argv] as const))),
    hints: fit.flatMap(({ target, hints }) => hints.map((hint) => ({ target, hint }))),
    unfit: answers.flatMap(({ target, answer }) => ('unfit' in answer ? [{ target, reason: answer.unfit }] : [])),
  };
}

/**
 * Plans what gives targets what they want.
 * @param found what stands at the path of each wanted file
 */
export function planTrust(wants: TrustWants, found: ReadonlyMap<string, FoundFile>, ledger: Ledger): TrustPlan {
  const planned = wants.files.map((file) => planAdding(file, foundAt(found, file.path), fileAt(ledger, file.path)));
  const files = planned.map(({ change }) => change);
  const entries = planned.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  const isDone = ({ id }: LedgerCommand) => ledger.commands.some((one) => one.id === id && one.isCertain);
  const hasChange = (name: TargetName) => files.some((file) => file.target === name && changes(file));
  const due = wants.commands.filter((command) => !isDone(command) || hasChange(command.target));
  const hasConflict = (target: TargetName) =>
    files.some((file) => file.target === target && file.action === 'conflict');
  const run = due.filter(({ target }) => !hasConflict(target));
  const busy = new Set([...files.filter(changes), ...run].map(({ target }) => target));
  const before = { ...ledger, files: mergeByPath(ledger.files, entries) };
  return {
    files,
    commands: run.map(({ id, target, owner }) => ({ target, owner, argv: wants.lines.get(id) ?? [] })),
    hints: wants.hints.filter(({ target }) => busy.has(target) || target === 'node'),
    unfit: wants.unfit,
    ledgers: { before, after: { ...before, commands: mergeCommands(ledger.commands, wants.commands, run) } },
  };
}

/**
 * Plans what takes back what was done for some registries and targets.
 * @param isMeant whether a part is to be taken back
 */
export function planUntrust(
  isMeant: (target: TargetName, registry: string) => boolean,
  found: ReadonlyMap<string, FoundFile>,
  ledger: Ledger,
): TrustPlan {
  const meant = ledger.files.filter(({ target, parts }) => parts.some(({ registry }) => isMeant(target, registry)));
  const planned = meant.map((file) => {
    const names = file.parts.map(({ registry }) => registry).filter((registry) => isMeant(file.target, registry));
    return planTaking(file, new Set(names), foundAt(found, file.path));
  });
  const left = ledger.commands.map((command) => ({
    ...command,
    registries: command.registries.filter((registry) => !isMeant(command.target, registry)),
  }));
  const undone = left.filter(({ registries }) => registries.length === 0);
  const after = {
    files: [
      ...ledger.files.filter((file) => !meant.includes(file)),
      ...planned.flatMap(({ entry }) => (entry === undefined ? [] : [entry])),
    ],
    commands: left.filter(({ registries }) => registries.length > 0),
  };
  return {
    files: planned.map(({ change }) => change),
    commands: undone.map(({ target, owner, undo }) => ({ target, owner, argv: undo })),
    hints: planned.flatMap(({ change }) =>
      changes(change) && FILES_READ_AT_START.test(change.path) ? [{ target: change.target, hint: STILL_READ }] : [],
    ),
    unfit: [],
    // What is half taken back is still remembered.
    ledgers: { before: { ...ledger, files: mergeByPath(ledger.files, after.files) }, after },
  };
}

/** Whether a file will not be what it is now. */
export function changes({ action }: Pick<FileChange, 'action'>): boolean {
  return action !== 'keep' && action !== 'conflict';
}

function foundAt(found: ReadonlyMap<string, FoundFile>, path: string): FoundFile {
  return found.get(path) ?? { content: undefined, missingFolders: [] };
}

function fileAt({ files }: Ledger, path: string): LedgerFile | undefined {
  return files.find((file) => file.path === path);
}

/** The later of two entries for the same file counts. */
function mergeByPath(files: readonly LedgerFile[], more: readonly LedgerFile[]): LedgerFile[] {
  return [...new Map([...files, ...more].map((file) => [file.path, file])).values()];
}

function mergeCommands(
  known: readonly LedgerCommand[],
  wanted: readonly LedgerCommand[],
  run: readonly LedgerCommand[],
): LedgerCommand[] {
  const more = (command: LedgerCommand) => wanted.find(({ id }) => id === command.id)?.registries ?? [];
  return [
    ...known.map((command) => ({
      ...command,
      registries: [...new Set([...command.registries, ...more(command)])],
      isCertain: command.isCertain || run.some(({ id }) => id === command.id),
    })),
    ...run.filter(({ id }) => !known.some((command) => command.id === id)),
  ];
}
