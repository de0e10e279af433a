/** Does what a plan of trust says: files first, then commands, each with the hands it needs. */
import { DevregError } from '../errors.ts';
import { CommandFailedError } from '../process/command-failed-error.ts';
import { tellFailure } from '../process/tell-failure.ts';
import type { FileAction } from '../trust/file-plan.ts';
import type { Owner, TargetName } from '../trust/target.ts';
import { type FileHand, applyChange, createSudoHand, isSudoReady, ownHand } from '../trust/trust-files.ts';
import { type TrustPlan, changes } from '../trust/trust-plan.ts';
import type { Progress } from './progress.ts';
import type { TrustMachine } from './trust-machine.ts';

/** What became of one file or command; `changed-since`: somebody came between plan and deed; `left`: it needs root. */
export interface TrustOutcome {
  readonly target: TargetName;
  /** None for what is done once for all. */
  readonly registries: readonly string[];
  /** The file's path, or the command. */
  readonly subject: string;
  readonly outcome: FileAction | 'changed-since' | 'ran' | 'failed' | 'left';
}

/** What doing works with. */
export interface DeedPorts {
  readonly machine: TrustMachine;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A plan, and who does what of it. */
export interface PlanApart {
  readonly plan: TrustPlan;
  /** Undefined: nobody here. */
  readonly rootHand: FileHand | undefined;
  /** What is left to the user. */
  readonly left: Pick<TrustPlan, 'files' | 'commands'> | undefined;
}

/** Finds out who does what needs root: we, sudo, or the user, who is left with it. */
export async function takeApart(plan: TrustPlan, { machine }: DeedPorts): Promise<PlanApart> {
  const files = plan.files.filter((file) => file.owner === 'root' && changes(file));
  const commands = plan.commands.filter(({ owner }) => owner === 'root');
  if (machine.host.isRoot || files.length + commands.length === 0) return { plan, rootHand: ownHand, left: undefined };
  if (await isSudoReady(machine.runner)) return { plan, rootHand: createSudoHand(machine.runner), left: undefined };
  return { plan, rootHand: undefined, left: { files, commands } };
}

/**
 * Does what is planned, in its order.
 * @throws DevregError when the file system, or sudo, refuses
 */
export async function carryOut({ plan, rootHand }: PlanApart, ports: DeedPorts): Promise<TrustOutcome[]> {
  const outcomes: TrustOutcome[] = [];
  for (const change of plan.files) {
    const { target, registries, path: subject, action } = change;
    const hand = change.owner === 'root' ? rootHand : ownHand;
    const isLeft = hand === undefined && changes(change);
    const isDone = isLeft || hand === undefined || (await withSudoErrors(subject, () => applyChange(change, hand)));
    outcomes.push({ target, registries, subject, outcome: isLeft ? 'left' : isDone ? action : 'changed-since' });
  }
  for (const { target, owner, argv } of plan.commands) {
    const outcome = owner === 'root' && rootHand === undefined ? 'left' : await runCommand(argv, owner, ports);
    outcomes.push({ target, registries: [], subject: argv.join(' '), outcome });
  }
  return outcomes;
}

async function withSudoErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    const message = `Cannot write ${path} by sudo: ${tellFailure(error)}`;
    throw new DevregError('failure', 'FILE_DENIED', message, { cause: error });
  }
}

async function runCommand(argv: readonly string[], owner: Owner, ports: DeedPorts): Promise<'ran' | 'failed'> {
  const { machine, progress, signal } = ports;
  const isSudo = owner === 'root' && !machine.host.isRoot;
  const [program = '', ...args] = isSudo ? ['sudo', '-n', ...argv] : argv;
  try {
    await progress.step(`Running ${argv.join(' ')}`, () => machine.runner.run({ program, args, signal }));
    return 'ran';
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    progress.warn(`${argv[0]}: ${tellFailure(error)}`);
    return 'failed';
  }
}
