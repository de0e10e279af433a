/** Certificates near their end are issued anew by whichever command comes next; that one goes on whatever comes of it. */
import { isDevregError } from '../errors.ts';
import type { ClusterRecord } from '../state/record.ts';
import { type DueCertificate, findDue } from '../workflows/due-certificates.ts';
import { type State, openState } from '../workflows/open-state.ts';
import type { Context } from './context.ts';

/** Looks at all registries of this user; hardly ever is there more to do. */
export async function keepCertificates(context: Context): Promise<void> {
  const { machine, env, now } = context.surroundings;
  const state = openState({ ...machine, env });
  for (const due of await findAll(state, now())) await renewOne(due, state, context);
}

/** What is wrong with records or files, the command itself will tell. */
async function findAll(state: State, now: Date): Promise<DueCertificate[]> {
  try {
    return await findDue(await state.records.list(), state.folders, now);
  } catch {
    return [];
  }
}

async function renewOne(due: DueCertificate, { folders }: State, { surroundings, terminal }: Context): Promise<void> {
  const { env, now, signal } = surroundings;
  const { renewCertificate } = await import('../workflows/renew-certificate.ts');
  const { openApi, openClusters } = await import('../workflows/open-cluster.ts');
  const { openMachine } = await import('../workflows/open-machine.ts');
  const clustersOf = async ({ engine, engineAt }: ClusterRecord) =>
    openClusters(await openMachine(env, engine, engineAt));
  try {
    await renewCertificate(due, { folders, progress: terminal, now, signal, openClusters: clustersOf, openApi });
  } catch (error) {
    signal.throwIfAborted();
    const why = isDevregError(error) ? error.message : 'another devreg is at work with it.';
    terminal.warn(`The certificate of ${due.record.name} is due and could not be issued anew: ${why}`);
  }
}
