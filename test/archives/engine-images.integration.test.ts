/** Images of a container engine: what it saves is read, and what it loads has everything. */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openArchiveSource } from '../../src/archives/open-source.ts';
import { openArchiveTarget } from '../../src/archives/open-target.ts';
import { parseTransport } from '../../src/archives/transport.ts';
import type { ContainerEngine, EngineKind } from '../../src/engine/engine.ts';
import { DevregError } from '../../src/errors.ts';
import { readImage, readTar } from '../image/read-archive.ts';
import { createMemoryEngine } from '../support/fakes/memory-engine.ts';
import { index } from '../support/images.ts';
import { makeTar } from '../tar/tar-headers.ts';
import { createArchivePorts, expectEmpty } from './archive-ports.ts';
import { copyTo, makeSample, never } from './sample-images.ts';

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;

beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-engine-'));
});

afterEach(async () => {
  await expectEmpty(folder.path);
  await folder.remove();
});

const sample = makeSample(['one', 'two']);

/** What an engine saves. */
const SAVED = makeTar(
  { name: 'config.json', content: sample.config.bytes.toString() },
  { name: 'a.tar', content: 'one' },
  { name: 'b.tar', content: 'two' },
  {
    name: 'manifest.json',
    content: JSON.stringify([{ Config: 'config.json', RepoTags: null, Layers: ['a.tar', 'b.tar'] }]),
  },
);

/** Ports with an engine that notes what it is asked. */
function portsOf(engine: Partial<ContainerEngine>, asked: unknown[] = []) {
  const find = async (kind: EngineKind | undefined) => {
    asked.push(kind);
    return { ...createMemoryEngine(), ...engine };
  };
  return createArchivePorts(folder.path, { engine: find });
}

function transportOf(text: string) {
  return parseTransport(text) ?? expect.unreachable();
}

it.each([
  ['docker-daemon:team/app', 'docker.io/team/app:latest', undefined],
  [`docker-daemon:${sample.config.digest}`, sample.config.digest, undefined],
  ['containers-storage:localhost/app:1', 'localhost/app:1', 'podman'],
])('%s is what the engine saves', async (text, name, kind) => {
  const asked: unknown[] = [];
  const saveImage = (image: string) => {
    asked.push(image);
    return Readable.from([SAVED], { objectMode: false });
  };
  await using source = await openArchiveSource(transportOf(text), portsOf({ saveImage }, asked), never);
  expect(asked).toEqual([kind, name]);
  const expected = makeSample(['one', 'two'], 'none');
  expect((await source.readRoot(never)).digest).toBe(expected.manifest.digest);
});

it('fails with what the engine fails with', async () => {
  const saveImage = () => {
    const failing = new Readable({ read() {} });
    failing.destroy(new DevregError('failure', 'ENGINE_FAILED', 'There is no such image.'));
    return failing;
  };
  const open = openArchiveSource(transportOf('docker-daemon:app'), portsOf({ saveImage }), never);
  await expect(open).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
});

it('is loaded as an archive that has its name', async () => {
  const loaded: Buffer[] = [];
  const loadImage = async (archive: Readable) => void loaded.push(await buffer(archive));
  const ports = portsOf({ loadImage });
  const names = ['localhost:5001/app:2'];
  {
    await using target = await openArchiveTarget(transportOf('docker-daemon:app:1'), { names }, ports);
    await copyTo(target, sample);
  }
  const { docker, manifest, index: list } = readImage(loaded[0] ?? expect.unreachable());
  expect(docker.map(({ RepoTags }) => RepoTags)).toEqual([['docker.io/library/app:1', ...names]]);
  expect(manifest.layers.map(({ digest }) => digest)).toEqual(sample.layers.map(({ digest }) => digest));
  expect(list.manifests.map(({ annotations }) => annotations?.['io.containerd.image.name'])).toEqual([
    'docker.io/library/app:1',
    ...names,
  ]);
});

it.each([
  ['docker', 'plain'],
  ['podman', 'zstd'],
] as const)('with layers by zstd is loaded into %s as %s', async (kind, form) => {
  const loaded: Buffer[] = [];
  const loadImage = async (archive: Readable) => void loaded.push(await buffer(archive));
  const zstd = makeSample(['one', 'two'], 'zstd');
  {
    await using target = await openArchiveTarget(transportOf('docker-daemon:app:1'), {}, portsOf({ kind, loadImage }));
    await copyTo(target, zstd);
  }
  const entries = readTar(loaded[0] ?? expect.unreachable());
  const [{ Layers: layers }] = JSON.parse(entries.get('manifest.json')?.bytes.toString() ?? '[{}]');
  const contents = layers.map((layer: string) => entries.get(layer)?.bytes);
  expect(contents).toEqual(form === 'plain' ? zstd.plain : zstd.layers.map(({ bytes }) => bytes));
});

it('takes one platform alone', async () => {
  await using target = await openArchiveTarget(transportOf('docker-daemon:app:1'), {}, portsOf({}));
  await expect(copyTo(target, { ...sample, manifest: index([sample.manifest]) })).rejects.toMatchObject({
    code: 'MANIFEST_NOT_HELD',
  });
});

it.each([
  `docker-daemon:${sample.config.digest}`,
  'oci-archive:a:@1',
  'docker-archive:a:@0',
  'oci:a:@0',
  `oci:a@${sample.config.digest}`,
])('%s is no place to write to', async (text) => {
  await expect(openArchiveTarget(transportOf(text), {}, portsOf({}))).rejects.toMatchObject({
    code: 'TRANSPORT_INVALID',
  });
});
