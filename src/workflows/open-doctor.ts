/** Opens what the recipe of `doctor` works with, as far as it is the same for everybody. */
import { detectEngine } from '../engine/detect-engine.ts';
import { createKindProvider } from '../cluster/kind/kind-provider.ts';
import { createRunner } from '../process/execa-runner.ts';
import type { FolderSurroundings } from '../state/folders.ts';
import { openClientPlaces } from './client-places.ts';
import type { DoctorPorts } from './doctor.ts';
import { hostsFileOf } from './name-resolution.ts';
import { openApi } from './open-cluster.ts';
import { pointTo } from './open-machine.ts';

/** The root folder that `/etc` is in. */
const ROOT = '/';

type Opened = Pick<
  DoctorPorts,
  'machine' | 'runner' | 'openEngine' | 'openClusters' | 'openApi' | 'processor' | 'hostsFile' | 'logins'
>;

/** Opens it; nothing is asked yet. */
export function openDoctor(surroundings: FolderSurroundings & { readonly arch: string }): Opened {
  const { env, platform, home, arch } = surroundings;
  const runner = createRunner(env);
  return {
    machine: { env, platform, home, root: ROOT },
    runner,
    async openEngine(kind, at) {
      const runnerThere = at === undefined ? runner : createRunner({ ...env, ...pointTo(at) });
      return { engine: await detectEngine(runnerThere, kind), runner: runnerThere };
    },
    openClusters: createKindProvider,
    openApi,
    processor: arch === 'arm64' ? 'arm64' : 'amd64',
    hostsFile: hostsFileOf(platform),
    logins: openClientPlaces(surroundings),
  };
}
