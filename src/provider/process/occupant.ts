/** Who works on a data folder, as its lock says, and how to make them end. */
import { setTimeout as wait } from 'node:timers/promises';
import { DevregError, systemCodeOf } from '../../errors.ts';
import { findHolder } from '../../registry/metadata/data-lock.ts';
import type { Condition, Occupant, Subject } from '../provider.ts';
import { PATIENCE_MS } from './child.ts';
import { findCommand } from './process-command.ts';
import { type ProcessIdentity, identifyProcess, isGone } from './process-identity.ts';

/** How often the lock is looked at; nobody tells us of the end of a process that is not our child. */
const LOOK_AGAIN_MS = 15;

/** A process says who it is right after it took the lock. */
const INTRODUCTION_MS = 300;

/**
 * Tells how a registry is. A process number alone proves nothing, since numbers are used again: it counts when the
 * system's lock is held, by the process that was recorded, on this machine.
 * @param host the name of this machine
 */
export async function inspectFolder({ settings, process }: Subject, host: string): Promise<Condition> {
  const occupant = await findOccupant(settings.dataDir, host);
  if (occupant === undefined) return { state: 'stopped' };
  const isOurs = process !== undefined && occupant.pid === process.pid && occupant.host === undefined;
  return isOurs ? { state: 'running' } : { state: 'occupied', occupant };
}

/**
 * Ends the process that serves a registry, and waits until the data folder is free and the process gone.
 * @param patience milliseconds until it is killed, and again until that is given up
 * @returns `killed` when it did not end by itself
 * @throws the signal's reason when it aborts; DevregError STOP_FAILED
 */
export async function stopProcess(
  subject: Subject,
  host: string,
  signal: AbortSignal,
  patience = PATIENCE_MS,
): Promise<'ended' | 'killed'> {
  const { state } = await inspectFolder(subject, host);
  if (state !== 'running' || subject.process === undefined) return 'ended';
  const holder = await identifyProcess(subject.process.pid);
  const end = (name: NodeJS.Signals) => endBy(name, holder, subject, AbortSignal.timeout(patience), signal);
  if (await end('SIGTERM')) return 'ended';
  if (await end('SIGKILL')) return 'killed';
  const message = `Process ${subject.process?.pid} does not end and keeps ${subject.settings.dataDir} locked.`;
  throw new DevregError('failure', 'STOP_FAILED', message, { hint: 'The disk it writes to may not answer.' });
}

/** @returns whether the folder became free and the process ended in time */
async function endBy(
  name: NodeJS.Signals,
  holder: ProcessIdentity,
  { settings }: Subject,
  overdue: AbortSignal,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await isGone(holder))) sendSignal(holder.pid, name);
  while (!overdue.aborted) {
    // The lock goes first: the process has still to end when it has closed its stores.
    const isFree = (await findHolder(settings.dataDir))?.holder?.pid !== holder.pid;
    if (isFree && (await isGone(holder))) return true;
    await wait(LOOK_AGAIN_MS, undefined, { signal });
  }
  return false;
}

function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended in the meantime.
    if (systemCodeOf(error) !== 'ESRCH') throw error;
  }
}

async function findOccupant(dataDir: string, host: string): Promise<Occupant | undefined> {
  const silence = AbortSignal.timeout(INTRODUCTION_MS);
  let found = await findHolder(dataDir);
  while (found !== undefined && found.holder === undefined && !silence.aborted) {
    await wait(LOOK_AGAIN_MS);
    found = await findHolder(dataDir);
  }
  if (found === undefined) return undefined;
  const { holder } = found;
  if (holder === undefined) return { pid: undefined, host: undefined, command: undefined };
  const isHere = holder.host === host;
  const command = isHere ? await findCommand(holder.pid) : undefined;
  return { pid: holder.pid, host: isHere ? undefined : holder.host, command };
}
