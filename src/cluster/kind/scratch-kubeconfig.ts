/** A kubeconfig that goes away again: kind always writes one, and the user's must not name a cluster that is not finished. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { translateFileErrors } from '../../errors.ts';

/** Where it is, until it is disposed of. */
export interface ScratchKubeconfig extends AsyncDisposable {
  readonly path: string;
}

/** Makes a folder that only this user can read, with a place for the file. */
export async function openScratchKubeconfig(): Promise<ScratchKubeconfig> {
  const prefix = join(tmpdir(), 'devreg-kubeconfig-');
  const folder = await translateFileErrors(`make a folder like ${prefix}`, () => mkdtemp(prefix));
  return {
    path: join(folder, 'config'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
