/** A writer that is killed, wherever it is, leaves an image that was whole; the next one is rid of what else it left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { makeSample, never, openSource, writeSample } from './sample-images.ts';

const WRITER = join(import.meta.dirname, 'killed-writer.ts');

/** Kills a writer in the middle of the image of this number, or a little later. */
async function writeAndKill(place: string, spool: string, number: number): Promise<void> {
  const writer = spawn(process.execPath, [WRITER, place, spool], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(writer, 'exit');
  for await (const line of createInterface(writer.stdout)) {
    if (Number(line) >= number) writer.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
}

/** Reads an image to its last byte. */
async function readWhole(place: string, spool: string): Promise<void> {
  await using source = await openSource(place, spool);
  const root = await source.readRoot(never);
  const { config, layers } = JSON.parse(Buffer.from(root.bytes).toString());
  for (const blob of [config, ...layers]) await buffer(await source.openBlob(blob, never));
}

it.each(['oci:*/place:1', 'dir:*/place', 'oci-archive:*/place:1', 'docker-archive:*/place'])(
  '%s is whole after every kill',
  async (text) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-killed-'));
    const place = text.replace('*', folder.path);
    for (let number = 1; number <= 4; number++) {
      await writeAndKill(place, folder.path, number);
      await readWhole(place, folder.path);
    }
    await writeSample(place, makeSample(['last']), folder.path, { overwrite: true });
    await readWhole(place, folder.path);
    const names = await readdir(folder.path, { recursive: true });
    expect(names.filter((name) => name.includes('partial'))).toEqual([]);
  },
  300_000,
);
