/** How many connections a server takes, so that descriptors are left for what the connections ask for. */
import { readFile } from 'node:fs/promises';

/** The process itself: its database, log, listeners and threads; and files of a few requests. */
const RESERVED_MIN = 40;

/** Files of requests; more of them are open at once only where there are thousands of connections. */
const RESERVED_MAX = 1_024;

/** @returns undefined where the system does not tell how many files the process may open, or does not care */
export async function findConnectionLimit(proc = '/proc'): Promise<number | undefined> {
  const text = await readFile(`${proc}/self/limits`, 'utf8').catch(() => '');
  const [, soft] = /^Max open files\s+(\d+)/m.exec(text) ?? [];
  return soft === undefined ? undefined : connectionsOf(Number(soft));
}

/** A quarter of what may be open is not for connections, within bounds; one connection there always is. */
export function connectionsOf(descriptors: number): number {
  const reserved = Math.min(Math.max(RESERVED_MIN, Math.floor(descriptors / 4)), RESERVED_MAX);
  return Math.max(1, descriptors - reserved);
}

/** Tells of refusals at once, and then of all that follow not more often than this. */
const TELL_EVERY_MS = 10_000;

/** @param tell gets how many there were since it was told last @returns to be called for each */
export function gatherRefusals(tell: (count: number) => void, every = TELL_EVERY_MS): () => void {
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  const tellAll = () => {
    timer = undefined;
    if (count === 0) return;
    tell(count);
    count = 0;
    timer = setTimeout(tellAll, every).unref();
  };
  return () => {
    count += 1;
    if (timer === undefined) tellAll();
  };
}
