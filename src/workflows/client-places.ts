/** Opens what logging clients in works with on this machine. */
import { createRunner } from '../process/execa-runner.ts';
import { type ClientSurroundings, clientFiles } from '../trust/client-files.ts';
import type { LoginPlaces } from '../trust/client-logins.ts';

/** Opens it. */
export function openClientPlaces(surroundings: Omit<ClientSurroundings, 'uid'>): LoginPlaces {
  return {
    files: clientFiles({ ...surroundings, uid: process.getuid?.() }),
    runner: createRunner(surroundings.env),
  };
}
