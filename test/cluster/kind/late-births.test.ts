/** Waiting for containers that nobody will ask for any more. */
import { expect, it } from 'vitest';
import { awaitLateBirths } from '../../../src/cluster/kind/late-births.ts';
import { createScriptedRunner } from '../../support/fakes/scripted-runner.ts';

const PS = 'ps -A -ww -o args=';
const run = (cluster: string) =>
  `docker run --name ${cluster}-control-plane --label io.x-k8s.kind.cluster=${cluster} --detach kindest/node:v1\n`;

it('ends when the container’s start has, whatever others start', async () => {
  const runner = createScriptedRunner([
    { argv: PS, stdout: `init\n${run('dev')}` },
    { argv: PS, stdout: `init\n${run('dev-2')}docker ps --filter label=io.x-k8s.kind.cluster=dev\n` },
  ]);
  await awaitLateBirths(runner, 'dev');
  expect(runner.calls).toHaveLength(2);
});

it('waits for nothing where processes cannot be listed', async () => {
  await awaitLateBirths(createScriptedRunner([]), 'dev');
  const broken = createScriptedRunner([{ argv: PS, stderr: 'ps: unrecognized option: A\n', exitCode: 1 }]);
  await awaitLateBirths(broken, 'dev');
  expect(broken.calls).toHaveLength(1);
});
