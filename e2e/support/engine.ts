/** A Docker engine of a private machine's own, so that images and trust of the real one stay as they are. */
import { startUntilSaid } from './background.ts';
import type { Machine } from './machine.ts';

/** Starts the engine; it ends with the machine. @throws ProgramFailed when it ends before it answers */
export async function startDocker(machine: Machine): Promise<void> {
  await startUntilSaid(
    machine,
    'dockerd --bridge=none --iptables=false --ip6tables=false 2>&1',
    /API listen on .*docker\.sock/,
  );
}
