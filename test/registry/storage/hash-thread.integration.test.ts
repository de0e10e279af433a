/** The hash worker: found unbuilt and bundled, fed in turns, ended when idle, and no burden to the event loop. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { type DigestAlgorithm, digestOf } from '../../../src/oci/digest.ts';
import type { BackgroundHashing } from '../../../src/registry/storage/background-hashing.ts';
import { openFileBlobStore } from '../../../src/registry/storage/file-blob-store.ts';
import { HashThread } from '../../../src/registry/storage/hash-thread.ts';
import { nodeFileSystem } from '../../../src/registry/storage/node-file-system.ts';
import { newUploadId, sourceOf } from '../../support/contracts/blob-store-samples.ts';
import { newFolder } from './new-folder.ts';

const STORAGE = join(import.meta.dirname, '../../../src/registry/storage');
const run = promisify(execFile);

/** A program that opens a store, sets an upload aside, goes on with it in a second store, and closes nothing. */
const PROGRAM = `
const [, , root] = process.argv;
const id = crypto.randomUUID();
const digest = 'sha256:' + createHash('sha256').update('hello').digest('hex');
for (const text of ['he', 'llo']) {
  const store = await openFileBlobStore({ root, durability: 'fast', fileSystem: nodeFileSystem });
  const upload = await store.openUpload(id, 'sha256');
  await upload.append((async function* () { yield [Buffer.from(text)]; })());
  if (text === 'he') await upload.release();
  else console.log(await upload.finish(digest));
}
`;

function programImporting(store: string, fileSystem: string): string {
  return `import { createHash } from 'node:crypto';
import { openFileBlobStore } from ${JSON.stringify(store)};
import { nodeFileSystem } from ${JSON.stringify(fileSystem)};
${PROGRAM}`;
}

async function digestInPieces(hashing: BackgroundHashing, bytes: Buffer, algorithm: DigestAlgorithm) {
  const digest = hashing.start(algorithm);
  for (let position = 0; position < bytes.length;) {
    position += await digest.add(async (target) => bytes.copy(target, 0, position));
  }
  return digest.finish();
}

it('hashes many contents side by side', async () => {
  await using hashing = new HashThread();
  const contents = Array.from({ length: 12 }, (_, index) => Buffer.alloc(index * 300_000, `content ${index}`));
  const digests = contents.map((bytes, index) => digestInPieces(hashing, bytes, index % 2 === 0 ? 'sha256' : 'sha512'));
  const expected = contents.map((bytes, index) => digestOf(bytes, index % 2 === 0 ? 'sha256' : 'sha512'));
  expect(await Promise.all(digests)).toEqual(expected);
});

it('lends a bounded memory, to all in turn, and takes it back when reading fails', async () => {
  await using hashing = new HashThread();
  const blocked = Promise.withResolvers<number>();
  const holders = Array.from({ length: 4 }, () => hashing.start('sha256'));
  const held = holders.map((digest) => digest.add(() => blocked.promise));
  let isLent = false;
  const next = hashing.start('sha256');
  const waiting = next.add(async (target) => {
    isLent = true;
    return Buffer.from('hello').copy(target);
  });
  expect(await hashing.start('sha256').finish()).toBe(digestOf(''));
  expect(isLent).toBe(false);
  blocked.reject(new Error('the disk failed'));
  await expect(Promise.all(held)).rejects.toThrow('the disk failed');
  expect(await waiting).toBe(5);
  expect(await next.finish()).toBe(digestOf('hello'));
  for (const digest of holders) digest.abandon();
});

it('rejects what is running when it is closed, and starts nothing after', async () => {
  const hashing = new HashThread();
  const digest = hashing.start('sha256');
  const finished = digest.finish();
  await Promise.all([expect(finished).rejects.toThrow('hash worker'), hashing[Symbol.asyncDispose]()]);
  await expect(digest.add(async () => 0)).rejects.toThrow('hash worker');
  expect(() => hashing.start('sha256')).toThrow('closed');
});

/** The next worker that is started. */
async function nextWorker(): Promise<Worker> {
  const [worker] = (await once(process, 'worker')) as [Worker];
  return worker;
}

it('ends a worker that has nothing to do, and starts another when there is', async () => {
  await using hashing = new HashThread(1);
  for (const text of ['one', 'another']) {
    const ended = nextWorker().then((worker) => once(worker, 'exit'));
    expect(await digestInPieces(hashing, Buffer.from(text), 'sha256')).toBe(digestOf(text));
    await ended;
  }
});

it('rejects what a worker took with it, and starts another', async () => {
  await using hashing = new HashThread();
  const started = nextWorker();
  const digest = hashing.start('sha256');
  await digest.add(async () => 1);
  const [finished] = await Promise.allSettled([digest.finish(), started.then((worker) => worker.terminate())]);
  expect(finished).toMatchObject({ status: 'rejected', reason: { message: 'The hash worker has ended.' } });
  expect(await digestInPieces(hashing, Buffer.from('hello'), 'sha256')).toBe(digestOf('hello'));
});

it('hashes the bytes of an earlier process outside of the main thread', async () => {
  const root = await newFolder();
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const batches = Array.from({ length: 96 }, () => [piece]);
  const id = newUploadId();
  const open = () => openFileBlobStore({ root, durability: 'fast', fileSystem: nodeFileSystem });
  {
    await using store = await open();
    const upload = await store.openUpload(id, 'sha256');
    await upload.append(sourceOf(...batches));
    await upload.release();
  }
  const beforeHashing = process.threadCpuUsage();
  const digest = digestOf(Buffer.concat(batches.flat()));
  const hashing = process.threadCpuUsage(beforeHashing);
  await using store = await open();
  const before = process.threadCpuUsage();
  const upload = await store.openUpload(id, 'sha256');
  expect(await upload.finish(digest)).toBe(96 * 1024 * 1024);
  const resuming = process.threadCpuUsage(before);
  expect(resuming.user).toBeLessThan(hashing.user / 2);
});

it('lets a program end that does not close it', async () => {
  const folder = await newFolder();
  writeFileSync(
    `${folder}/program.ts`,
    programImporting(`${STORAGE}/file-blob-store.ts`, `${STORAGE}/node-file-system.ts`),
  );
  const { stdout } = await run(process.execPath, [`${folder}/program.ts`, `${folder}/data`], { timeout: 8_000 });
  expect(stdout).toBe('5\n');
});

it('is found beside the bundle', async () => {
  const folder = await newFolder();
  writeFileSync(
    `${folder}/program.js`,
    programImporting(`${STORAGE}/file-blob-store.ts`, `${STORAGE}/node-file-system.ts`),
  );
  await using bundle = await rolldown({
    input: { program: `${folder}/program.js`, 'hash-worker': `${STORAGE}/hash-worker.ts` },
    platform: 'node',
  });
  await bundle.write({ dir: `${folder}/dist`, format: 'esm' });
  const { stdout } = await run(process.execPath, [`${folder}/dist/program.js`, `${folder}/data`], { timeout: 8_000 });
  expect(stdout).toBe('5\n');
});
