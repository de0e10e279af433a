/** Puts the engine's host in the place of "every address", by which nobody can be reached from another machine. */
import { hostOf } from '../../engine/engine-location.ts';
import type { ContainerEngine } from '../../engine/engine.ts';
import { DevregError } from '../../errors.ts';
import { CommandFailedError } from '../../process/command-failed-error.ts';
import type { Runner } from '../../process/runner.ts';
import { tellFailure } from '../../process/tell-failure.ts';

/** What kind writes for an API that is published on all addresses of the engine's machine. */
const EVERYWHERE = /https:\/\/(?:0\.0\.0\.0|\[::\]):(\d+)/;

/** @returns the text with an address that leads to the API from here; what does so already stays */
export async function makeReachable(text: string, engine: ContainerEngine): Promise<string> {
  if (!EVERYWHERE.test(text)) return text;
  const remote = await engine.locate();
  const host = (remote && hostOf(remote)) ?? '127.0.0.1';
  return text.replace(EVERYWHERE, (_, port: string) => `https://${host.includes(':') ? `[${host}]` : host}:${port}`);
}

/**
 * Does the same in the user's kubeconfig, by kubectl, which locks it as kind does.
 * @param kubeconfig what kind has written, reachable or not
 * @throws DevregError CLUSTER_FAILED, with the command that does it
 */
export async function correctKubeconfig(
  cluster: string,
  kubeconfig: string,
  { runner, engine }: { readonly runner: Runner; readonly engine: ContainerEngine },
): Promise<void> {
  const [found] = EVERYWHERE.exec(kubeconfig) ?? [];
  if (found === undefined) return;
  const server = await makeReachable(found, engine);
  const args = ['config', 'set-cluster', `kind-${cluster}`, '--server', server];
  try {
    await runner.run({ program: 'kubectl', args });
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    const message = `The kubeconfig cannot be corrected: ${tellFailure(error)}`;
    throw new DevregError('failure', 'CLUSTER_FAILED', message, {
      hint: `Run: kubectl ${args.join(' ')}`,
      cause: error,
    });
  }
}
