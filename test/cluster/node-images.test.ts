/** Images in a node's own store. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  ensureImageName,
  hasImage,
  importImage,
  toFullReference,
  toLocalReference,
} from '../../src/cluster/node-images.ts';
import { createMemoryEngine } from '../support/fakes/memory-engine.ts';

const NODE = { name: 'dev-control-plane', isRunning: true, labels: {}, ports: [] };

describe('images of a node', () => {
  it('are streamed to containerd', async () => {
    const engine = createMemoryEngine({ containers: [NODE] });
    await importImage(engine, NODE.name, Readable.from([Buffer.from('arch'), Buffer.from('ive')]));
    expect(engine.execs).toEqual([
      {
        container: NODE.name,
        command: ['/bin/sh', '-c', expect.stringContaining('k8s.io images import')],
        input: 'archive',
      },
    ]);
  });

  it('are found by the name that the kubelet uses', async () => {
    const exec = () => 'docker.io/library/traefik:v3\n';
    const engine = createMemoryEngine({ containers: [NODE], exec });
    expect(await hasImage(engine, NODE.name, 'traefik:v3')).toBe(true);
    expect(await hasImage(engine, NODE.name, 'traefik')).toBe(false);
    expect(engine.execs[0]?.command.at(-1)).toBe('name=="docker.io/library/traefik:v3"');
  });

  it.each([
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "ctr": executable file not found in $PATH',
    'Error: crun: executable file `ctr` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
    '/bin/sh: 1: ctr: not found',
    '/bin/sh: line 1: ctr: command not found',
  ])('need ctr: %s', async (said) => {
    const exec = () => {
      throw new Error(said);
    };
    const engine = createMemoryEngine({ containers: [NODE], exec });
    await expect(hasImage(engine, NODE.name, 'a')).rejects.toMatchObject({
      code: 'NODE_IMAGE_UNFIT',
      message: 'The image of node dev-control-plane has no ctr.',
    });
  });

  it('pass on any other failure', async () => {
    const exec = () => {
      throw new Error('ctr: content digest sha256:abc: not found');
    };
    const engine = createMemoryEngine({ containers: [NODE], exec });
    await expect(importImage(engine, NODE.name, Readable.from([]))).rejects.toMatchObject({ code: 'EXEC_FAILED' });
  });
});

describe('an image that Podman calls its own', () => {
  it.each([
    ['traefik:v3', 'localhost/traefik:v3'],
    ['docker.io/library/traefik:v3', 'localhost/traefik:v3'],
    ['team/app', 'localhost/team/app:latest'],
    ['localhost/app:1', undefined],
    ['quay.io/team/app:1', undefined],
  ])('%s is %s', (reference, local) => {
    expect(toLocalReference(reference)).toBe(local);
  });

  it('is given the name that pods have it by', async () => {
    const engine = createMemoryEngine({ containers: [NODE], exec: () => '' });
    await ensureImageName(engine, NODE.name, 'docker.io/library/traefik:v3');
    expect(engine.execs.at(-1)?.command.join(' ')).toBe(
      'ctr --namespace k8s.io images tag localhost/traefik:v3 docker.io/library/traefik:v3',
    );
  });

  it.each([
    ['that has that name', 'docker.io/library/traefik:v3'],
    ['of another registry', 'quay.io/team/app:1'],
  ])('and one %s stays as it is', async (_, reference) => {
    const engine = createMemoryEngine({ containers: [NODE], exec: () => `${reference}\n` });
    await ensureImageName(engine, NODE.name, reference);
    expect(engine.execs.some(({ command }) => command.includes('tag'))).toBe(false);
  });
});

describe('toFullReference', () => {
  it.each([
    ['traefik', 'docker.io/library/traefik:latest'],
    ['traefik:v3.6.12', 'docker.io/library/traefik:v3.6.12'],
    ['team/app', 'docker.io/team/app:latest'],
    ['localhost/app:1', 'localhost/app:1'],
    ['localhost:5001/app', 'localhost:5001/app:latest'],
    ['registry.test/app@sha256:abc', 'registry.test/app@sha256:abc'],
    ['docker.io/library/a:1', 'docker.io/library/a:1'],
  ])('makes of %s %s', (reference, full) => {
    expect(toFullReference(reference)).toBe(full);
  });
});
