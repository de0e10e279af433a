/** kind and the file beside a kubeconfig that others are writing, as kind 0.33 tells of it. */
import { describe, expect, it } from 'vitest';
import { createKind } from '../../../src/cluster/kind/kind-program.ts';
import { createScriptedRunner } from '../../support/fakes/scripted-runner.ts';

const EXPORT = 'kind export kubeconfig --name dev';
const LOCKED = {
  argv: EXPORT,
  stderr: 'ERROR: failed to lock config file: open /home/me/.kube/config.lock: file exists\n',
  exitCode: 1,
};

describe('a kubeconfig that somebody else is writing', () => {
  it('is waited for', async () => {
    const runner = createScriptedRunner([LOCKED, LOCKED, { argv: EXPORT, stdout: 'done' }]);
    const { stdout } = await createKind(runner, 'docker', 1)(['export', 'kubeconfig', '--name', 'dev']);
    expect(stdout).toBe('done');
    expect(runner.calls).toHaveLength(3);
  });

  it('is told of when nobody gives it free', async () => {
    const kind = createKind(createScriptedRunner([LOCKED]), 'docker', 1);
    await expect(kind(['export', 'kubeconfig', '--name', 'dev'])).rejects.toMatchObject({
      kind: 'conflict',
      code: 'KUBECONFIG_LOCKED',
      message: expect.stringContaining('/home/me/.kube/config.lock'),
      hint: expect.stringContaining('rm /home/me/.kube/config.lock'),
    });
  });

  it('is not waited for when something else is wrong', async () => {
    const runner = createScriptedRunner([{ ...LOCKED, stderr: 'ERROR: out of luck\n' }]);
    await expect(createKind(runner, 'podman', 1)(['export', 'kubeconfig', '--name', 'dev'])).rejects.toMatchObject({
      code: 'CLUSTER_FAILED',
    });
    expect(runner.calls).toHaveLength(1);
  });
});
