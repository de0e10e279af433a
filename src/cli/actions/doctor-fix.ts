/** Mends what doctor has found, by the recipes that would have made it right in the first place. */
import { fullMessageOf, isDevregError } from '../../errors.ts';
import type { AnyRecord } from '../../state/record.ts';
import { openClientPlaces } from '../../workflows/client-places.ts';
import { renewLogins } from '../../workflows/doctor/renew-logins.ts';
import { type Finding, type Repair, repairsOf } from '../../workflows/doctor.ts';
import type { State } from '../../workflows/open-state.ts';
import { startRegistry } from '../../workflows/start.ts';
import type { Context } from '../context.ts';
import { START_TIMEOUT_MS, openCreatePorts } from '../create/create-ports.ts';

/**
 * Mends.
 * @param mayWriteHosts whether the hosts file may be written, too
 * @returns whether anything was tried, so that it is worth while to look again
 * @throws the signal's reason when it aborts
 */
export async function repair(
  findings: readonly Finding[],
  record: AnyRecord,
  mayWriteHosts: boolean,
  state: State,
  context: Context,
): Promise<boolean> {
  const repairs = new Set(repairsOf(findings));
  if (!mayWriteHosts || record.provider === 'process') repairs.delete('hosts-file');
  if (repairs.size === 0) return false;
  const { terminal, surroundings } = context;
  for (const [needs, mend] of WAYS) {
    if (!needs.some((one) => repairs.has(one))) continue;
    try {
      await mend({ record, mayWriteHosts, state, context });
    } catch (error) {
      surroundings.signal.throwIfAborted();
      if (!isDevregError(error)) throw error;
      terminal.warn(fullMessageOf(error));
    }
  }
  return true;
}

interface Case {
  readonly record: AnyRecord;
  readonly mayWriteHosts: boolean;
  readonly state: State;
  readonly context: Context;
}

/** In this order: nobody can log in to what does not run. */
const WAYS: readonly (readonly [readonly Repair[], (one: Case) => Promise<unknown>])[] = [
  [['reconcile', 'start', 'hosts-file'], bringUp],
  [['login'], logInAgain],
];

/** Brings a registry to what it was made as: what runs stays, what is gone comes back. */
async function bringUp({ record, mayWriteHosts, state, context }: Case): Promise<unknown> {
  if (record.provider === 'process')
    return startRegistry({ name: record.name, timeout: START_TIMEOUT_MS }, openCreatePorts(state, context));
  const { startCluster } = await import('../lifecycle/power-cluster.ts');
  return startCluster(record, { mayWriteHosts }, state, context);
}

/** The clients whose logins are stale, and no others. */
async function logInAgain({ record, state, context }: Case): Promise<void> {
  const { surroundings, terminal } = context;
  const { env, machine, signal } = surroundings;
  const places = openClientPlaces({ ...machine, env });
  await renewLogins(record, { ...state, places, progress: terminal, signal });
}
