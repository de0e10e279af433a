import { describe, expect, it } from 'vitest';
import { DevregError } from '../../../src/errors.ts';
import { CommandFailedError } from '../../../src/process/command-failed-error.ts';
import { withOtherPorts } from '../../../src/workflows/cluster/other-ports.ts';

const cause = new CommandFailedError(
  'kind create cluster',
  { kind: 'exited', exitCode: 1 },
  { stdout: '', stderr: '' },
);
const taken = (port: number, why: unknown = cause) =>
  new DevregError('conflict', 'PORT_IN_USE', `Port ${port} is in use by another program or container.`, { cause: why });

async function attempt(wanted: object, failures: readonly Error[]) {
  const notes: string[] = [];
  let attempts = 0;
  const outcome = await withOtherPorts(wanted, { note: (text) => void notes.push(text) }, async () => {
    const failure = failures[attempts];
    attempts += 1;
    if (failure !== undefined) throw failure;
    return 'made';
  }).catch((error: unknown) => error);
  return { outcome, attempts, notes };
}

describe('a port that was taken before the engine had it (C-04)', () => {
  it('is chosen anew, and that is said', async () => {
    const { outcome, attempts, notes } = await attempt({ port: 0, registryPort: 0 }, [taken(41_000), taken(41_001)]);
    expect({ outcome, attempts }).toEqual({ outcome: 'made', attempts: 3 });
    expect(notes[0]).toBe('Port 41000 is in use by another program or container. Trying again with other ports.');
  });

  it('is not chosen for ever', async () => {
    const failures = [1, 2, 3, 4].map((port) => taken(port));
    expect(await attempt({ port: 0 }, failures)).toMatchObject({ outcome: failures[2], attempts: 3 });
  });

  it.each([
    ['was asked for', { port: 8443, registryPort: 0 }, taken(8443)],
    ['was asked for besides', { extraPorts: ['22:32222'] }, taken(22)],
    ['was refused before the engine was asked', { port: 0 }, taken(8443, new Error('probed'))],
    ['is not what is wrong', { port: 0 }, new DevregError('failure', 'CLUSTER_FAILED', 'kind failed.', { cause })],
  ])('is told of when it %s', async (_, wanted, failure) => {
    expect(await attempt(wanted, [failure])).toEqual({ outcome: failure, attempts: 1, notes: [] });
  });
});
