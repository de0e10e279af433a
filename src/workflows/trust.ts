/** Makes programs of this machine trust registries, and takes exactly that back. */
import { DevregError } from '../errors.ts';
import { detectTargets } from '../trust/find-host.ts';
import type { FoundFile } from '../trust/file-plan.ts';
import type { TargetName, TrustSubject } from '../trust/target.ts';
import { findFile } from '../trust/trust-files.ts';
import type { Ledger } from '../trust/trust-ledger.ts';
import { type TrustPlan, collectWants, planTrust, planUntrust } from '../trust/trust-plan.ts';
import { type DeedPorts, type TrustOutcome, carryOut, takeApart } from './trust-deeds.ts';

/** What was done, and what is left to do. */
export interface TrustReport {
  readonly outcomes: readonly TrustOutcome[];
  readonly hints: TrustPlan['hints'];
  readonly unfit: TrustPlan['unfit'];
  /** The part of the plan that needs root, where devreg may not act as root. */
  readonly left: Pick<TrustPlan, 'files' | 'commands'> | undefined;
}

/** What trusting works with. */
export interface TrustPorts extends DeedPorts {
  /** Shows the plan and asks. @returns false: only the plan was wanted */
  readonly approve: (plan: TrustPlan) => Promise<boolean>;
}

/** Which registries are to be trusted by whom. */
export interface TrustRequest {
  /** Undefined: those that are on this machine. */
  readonly targets: readonly TargetName[] | undefined;
  readonly subject: TrustSubject;
}

/** Which parts are to be taken back; undefined: all. */
export interface UntrustRequest {
  readonly targets: readonly TargetName[] | undefined;
  readonly registries: readonly string[] | undefined;
}

/**
 * Makes targets trust registries.
 * @returns undefined when only the plan was wanted
 * @throws DevregError TARGET_UNFIT for a target asked for by name, RECORD_DAMAGED, those of `approve`, or when the file
 *   system refuses
 */
export async function trust({ targets, subject }: TrustRequest, ports: TrustPorts): Promise<TrustReport | undefined> {
  const { host, runner } = ports.machine;
  using _lock = await lock(ports);
  const ledger = await ports.machine.readLedger();
  const wants = collectWants(targets ?? (await detectTargets(host, runner)), subject, host);
  const [unfit] = wants.unfit;
  if (targets !== undefined && unfit !== undefined)
    throw new DevregError('usage', 'TARGET_UNFIT', `${unfit.target} cannot be told to trust this. ${unfit.reason}`);
  const plan = planTrust(wants, await findFiles(wants.files), ledger);
  if (!(await ports.approve(plan))) return undefined;
  const apart = await takeApart(plan, ports);
  await ports.machine.saveLedger(plan.ledgers.before);
  const outcomes = await carryOut(apart, ports);
  await ports.machine.saveLedger(rememberUncertain(plan.ledgers.after, outcomes));
  return { outcomes, hints: plan.hints, unfit: plan.unfit, left: apart.left };
}

/**
 * Takes back what `trust` did. Files that others have changed since lose devreg's part alone, or stay.
 * @returns undefined when only the plan was wanted
 * @throws as `trust`
 */
export async function untrust(request: UntrustRequest, ports: TrustPorts): Promise<TrustReport | undefined> {
  using _lock = await lock(ports);
  const ledger = await ports.machine.readLedger();
  const isMeant = (target: TargetName, registry: string) =>
    (request.targets?.includes(target) ?? true) && (request.registries?.includes(registry) ?? true);
  const plan = planUntrust(isMeant, await findFiles(ledger.files), ledger);
  if (!(await ports.approve(plan))) return undefined;
  const apart = await takeApart(plan, ports);
  const outcomes = await carryOut(apart, ports);
  await ports.machine.saveLedger(keepLeft(plan.ledgers.after, ledger, outcomes));
  return { outcomes, hints: plan.hints, unfit: [], left: apart.left };
}

async function lock({ machine, signal, progress }: TrustPorts): Promise<Disposable> {
  return machine.lock(signal, () => progress.note('Waiting for another devreg that changes what is trusted.'));
}

/** Looks at every file, once each. */
async function findFiles(files: readonly { readonly path: string }[]): Promise<ReadonlyMap<string, FoundFile>> {
  const paths = [...new Set(files.map(({ path }) => path))];
  return new Map(await Promise.all(paths.map(async (path) => [path, await findFile(path)] as const)));
}

/** What was not run by us may yet be run by the user; what failed was not done. */
function rememberUncertain(ledger: Ledger, outcomes: readonly TrustOutcome[]): Ledger {
  const targetsWith = (outcome: TrustOutcome['outcome']) =>
    outcomes.filter((one) => one.outcome === outcome && one.registries.length === 0).map(({ target }) => target);
  const [left, failed] = [targetsWith('left'), targetsWith('failed')];
  const commands = ledger.commands.filter(({ target }) => !failed.includes(target));
  return {
    ...ledger,
    commands: commands.map((one) => (left.includes(one.target) ? { ...one, isCertain: false } : one)),
  };
}

/** What could not be taken back is still remembered. */
function keepLeft(after: Ledger, before: Ledger, outcomes: readonly TrustOutcome[]): Ledger {
  const open = outcomes.filter(
    ({ outcome }) => outcome === 'left' || outcome === 'changed-since' || outcome === 'failed',
  );
  const files = before.files.filter(({ path }) => open.some(({ subject }) => subject === path));
  const commands = before.commands.filter(({ undo }) => open.some(({ subject }) => subject === undo.join(' ')));
  return {
    files: [...after.files.filter((file) => !files.some(({ path }) => path === file.path)), ...files],
    commands: [...after.commands.filter((command) => !commands.some(({ id }) => id === command.id)), ...commands],
  };
}
