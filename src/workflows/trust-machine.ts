/** Opens what trusting works with: this machine, and what was done on it before. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { readIfPresent } from '../optional-files.ts';
import { createRunner } from '../process/execa-runner.ts';
import type { Runner } from '../process/runner.ts';
import type { Folders } from '../state/folders.ts';
import { lockName } from '../state/name-lock.ts';
import { authorityCertificate } from '../state/paths.ts';
import { removePath, writePrivateFile } from '../state/private-files.ts';
import { findTrustHost } from '../trust/find-host.ts';
import type { TrustHost } from '../trust/target.ts';
import { EMPTY_LEDGER, type Ledger, formatLedger, parseLedger } from '../trust/trust-ledger.ts';

/** The user and their machine. */
export interface TrustSurroundings {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folders: Folders;
  /** The folder that `/etc` is in. */
  readonly root: string;
}

/** The machine, open. */
export interface TrustMachine {
  readonly host: TrustHost;
  readonly runner: Runner;
  readonly env: TrustSurroundings['env'];
  /** Where the user's own authority is. */
  readonly authorityFile: string;
  /** @throws DevregError RECORD_DAMAGED */
  readLedger(): Promise<Ledger>;
  /** An empty one leaves no file. */
  saveLedger(ledger: Ledger): Promise<void>;
  /** Lets one command at a time change what is trusted. */
  lock(signal: AbortSignal, onWait: () => void): Promise<Disposable>;
}

/** Opens the machine; nothing is made before something is saved. */
export async function openTrustMachine({
  platform,
  home,
  env,
  folders,
  root,
}: TrustSurroundings): Promise<TrustMachine> {
  const file = join(folders.state, 'trust.json');
  return {
    host: await findTrustHost({ platform, home, env, root, isRoot: userInfo().uid === 0 }),
    runner: createRunner(env),
    env,
    authorityFile: authorityCertificate(folders),
    readLedger: async () => parseLedger(await readIfPresent(file), file),
    saveLedger: (ledger) =>
      ledger.files.length + ledger.commands.length > EMPTY_LEDGER.files.length
        ? writePrivateFile(file, formatLedger(ledger))
        : removePath(file),
    lock: (signal, onWait) => lockName(join(folders.state, 'locks', '.trust'), signal, onWait),
  };
}
