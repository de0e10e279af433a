/** Lists of clusters of which some cannot be looked at. */
import { expect, it } from 'vitest';
import { DevregError } from '../../src/errors.ts';
import { openPatientInspection } from '../../src/workflows/open-inspection.ts';
import { CLUSTER_RECORD } from '../state/sample-record.ts';

it('goes on with the others, and says why once', async () => {
  const said: string[] = [];
  const inspect = openPatientInspection(
    async ({ name }) => {
      if (name === 'dev') return { state: 'running', nodes: ['dev-control-plane'] };
      throw new DevregError('prerequisite', 'ENGINE_ABSENT', 'podman is not on the PATH.');
    },
    (text) => said.push(text),
  );
  const states = ['dev', 'one', 'two'].map(async (name) => (await inspect({ ...CLUSTER_RECORD, name })).state);
  expect(await Promise.all(states)).toEqual(['running', 'unknown', 'unknown']);
  expect(said).toEqual(['podman is not on the PATH.']);
});

it('hides no bug', async () => {
  const inspect = openPatientInspection(
    () => Promise.reject(new TypeError('bug')),
    () => {},
  );
  await expect(inspect(CLUSTER_RECORD)).rejects.toThrow('bug');
});
