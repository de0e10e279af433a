import { describe, expect, it } from 'vitest';
import { correctKubeconfig, makeReachable } from '../../../src/cluster/kind/reachable-api.ts';
import { createMemoryEngine } from '../../support/fakes/memory-engine.ts';
import { createScriptedRunner } from '../../support/fakes/scripted-runner.ts';

const engine = createMemoryEngine({ isRemote: true, endpoint: 'tcp://10.0.0.2:2375' });
const EVERYWHERE = '    server: https://0.0.0.0:6443\n';

describe('the API of a cluster on another machine', () => {
  it.each([
    [EVERYWHERE, '    server: https://10.0.0.2:6443\n'],
    ['https://[::]:6443', 'https://10.0.0.2:6443'],
    ['https://127.0.0.1:6443', 'https://127.0.0.1:6443'],
  ])('is come to by the engine’s host: %j is %j', async (text, reachable) => {
    expect(await makeReachable(text, engine)).toBe(reachable);
  });

  it('is corrected in the user’s kubeconfig', async () => {
    const runner = createScriptedRunner([{ argv: /^kubectl / }], ['kubectl']);
    await correctKubeconfig('dev', EVERYWHERE, { runner, engine });
    await correctKubeconfig('dev', 'server: https://10.0.0.2:6443', { runner, engine });
    expect(runner.calls.map(({ argv }) => argv)).toEqual([
      'kubectl config set-cluster kind-dev --server https://10.0.0.2:6443',
    ]);
  });

  it('is told of with the command when it cannot be corrected', async () => {
    const runner = createScriptedRunner([{ argv: /^kubectl /, exitCode: 1, stderr: 'error: locked\n' }], ['kubectl']);
    await expect(correctKubeconfig('dev', EVERYWHERE, { runner, engine })).rejects.toMatchObject({
      code: 'CLUSTER_FAILED',
      hint: 'Run: kubectl config set-cluster kind-dev --server https://10.0.0.2:6443',
    });
  });
});
