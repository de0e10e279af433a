/** What is answered about a registry, by what is on a real PATH. */
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tellCreated } from '../../../src/cli/create/tell-created.ts';
import { CLUSTER_RECORD } from '../../state/sample-record.ts';

it.each(['docker', 'podman'] as const)('images are built by the engine of the cluster: %s', async (engine) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-path-'));
  for (const program of ['docker', 'podman'])
    await writeFile(join(folder.path, program), '#!/bin/sh\n', { mode: 0o755 });
  const record = { ...CLUSTER_RECORD, engine };
  const surroundings = {
    env: { PATH: folder.path, DOCKER_HOST: 'ssh://there' },
    program: { execPath: process.execPath, script: '/devreg.js' },
    machine: { home: folder.path },
  };
  const created = { record, outcome: 'created', ca: undefined } as const;
  const text = await tellCreated({ created, resolves: true }, 'text', { records: recordsOf(record) }, surroundings);
  expect(text).toContain(`${engine} build`);
});

function recordsOf(record: typeof CLUSTER_RECORD) {
  return { find: async () => record, list: async () => [record], save: async () => {}, remove: async () => {} };
}
