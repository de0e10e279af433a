/** Logs of processes, as they are and as they come. */
import { appendFile, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLogFile } from '../../../src/provider/process/read-log.ts';

const never = new AbortController().signal;

async function makeLog(text: string): Promise<AsyncDisposable & { path: string }> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-log-'));
  const path = join(folder.path, 'registry.log');
  await writeFile(path, text);
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

it('gives all lines, or the last ones', async () => {
  await using log = await makeLog('one\ntwo\nthree\n');
  const read = (tail: number | undefined) => Array.fromAsync(readLogFile(log.path, { tail, follow: false }, never));
  expect(await read(undefined)).toEqual(['one', 'two', 'three']);
  expect(await read(2)).toEqual(['two', 'three']);
  expect(await read(0)).toEqual([]);
});

it('gives nothing where nothing is', async () => {
  expect(
    await Array.fromAsync(readLogFile('/nowhere/registry.log', { tail: undefined, follow: false }, never)),
  ).toEqual([]);
});

it('puts lines and letters together that came in pieces', async () => {
  const long = 'é'.repeat(100_000);
  await using log = await makeLog(`x${long}\nend\n`);
  expect(await Array.fromAsync(readLogFile(log.path, { tail: undefined, follow: false }, never))).toEqual([
    `x${long}`,
    'end',
  ]);
});

it('goes on with what comes, until it is called off', async () => {
  await using log = await makeLog('one\n');
  const controller = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const line of readLogFile(log.path, { tail: undefined, follow: true }, controller.signal)) {
      seen.push(line);
      if (line === 'one') await appendFile(log.path, 'tw');
      if (line === 'one') await appendFile(log.path, 'o\nthree\n');
      if (line === 'three') controller.abort(new Error('enough'));
    }
  })();
  await expect(reading).rejects.toThrow('enough');
  expect(seen).toEqual(['one', 'two', 'three']);
});
