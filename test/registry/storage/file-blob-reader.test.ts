/** A reader gives back all memory it took, however the reading ends. */
import { expect, it } from 'vitest';
import { FileBlobReader } from '../../../src/registry/storage/file-blob-reader.ts';
import { ReadBuffers } from '../../../src/registry/storage/read-buffers.ts';
import { readRange } from '../../support/contracts/blob-store-samples.ts';
import { FailingFileSystem } from '../../support/fakes/failing-file-system.ts';
import { PowerLossFileSystem } from '../../support/fakes/power-loss-file-system.ts';

const LARGE = 512 * 1024;

/** Counts what is taken and not given back. */
class CountingBuffers extends ReadBuffers {
  taken = 0;

  override take(wanted: number): Buffer {
    this.taken += 1;
    return super.take(wanted);
  }

  override giveBack(buffer: Buffer): void {
    this.taken -= 1;
    super.giveBack(buffer);
  }
}

async function setUp(shouldFail: (call: number) => boolean) {
  const disk = new PowerLossFileSystem();
  const created = await disk.createFile('/blob');
  await created?.write([Buffer.alloc(3 * LARGE)], 0);
  let reads = 0;
  const failing = new FailingFileSystem(disk, (_, name) =>
    name === 'read' && shouldFail((reads += 1)) ? { code: 'EIO', hasEffect: false } : undefined,
  );
  const file = await failing.openFile('/blob', 'read');
  if (file === undefined) throw new Error('the file is not there');
  const buffers = new CountingBuffers();
  return { buffers, reader: new FileBlobReader(file, buffers) };
}

it('gives back what it took when all was read', async () => {
  const { buffers, reader } = await setUp(() => false);
  expect(await readRange(reader, 0, reader.size)).toHaveLength(3 * LARGE);
  expect(buffers.taken).toBe(0);
});

it('gives back what it took when the reading stops half way', async () => {
  const { buffers, reader } = await setUp(() => false);
  for await (const chunk of reader.chunks(0, reader.size)) {
    expect(chunk).toHaveLength(LARGE);
    expect(buffers.taken).toBe(2);
    break;
  }
  await reader[Symbol.asyncDispose]();
  expect(buffers.taken).toBe(0);
});

it('gives back what it took when a read fails', async () => {
  for (const failed of [1, 2, 3]) {
    const { buffers, reader } = await setUp((call) => call === failed);
    await expect(readRange(reader, 0, reader.size)).rejects.toMatchObject({ code: 'EIO' });
    await reader[Symbol.asyncDispose]();
    expect(buffers.taken).toBe(0);
  }
});
