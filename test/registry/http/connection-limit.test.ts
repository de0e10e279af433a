/** How many connections are taken, and how refusals are told of. */
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { connectionsOf, findConnectionLimit, gatherRefusals } from '../../../src/registry/http/connection-limit.ts';

describe('the limit of connections', () => {
  it.each([
    [20, 1],
    [64, 24],
    [1_024, 768],
    [20_000, 18_976],
    [1_048_576, 1_047_552],
  ])('of %i descriptors leaves some for files: %i', (descriptors, connections) => {
    expect(connectionsOf(descriptors)).toBe(connections);
  });

  it('is read where the system tells it', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-limits-'));
    expect(await findConnectionLimit(folder.path)).toBeUndefined();
    await mkdir(join(folder.path, 'self'));
    const write = (soft: string) =>
      writeFile(join(folder.path, 'self/limits'), `Limit\nMax open files            ${soft}      8000      files\n`);
    await write('4000');
    expect(await findConnectionLimit(folder.path)).toBe(3_000);
    await write('unlimited');
    expect(await findConnectionLimit(folder.path)).toBeUndefined();
  });
});

it('refusals are told of at once, and then together', async () => {
  const told: number[] = [];
  const refuse = gatherRefusals((count) => told.push(count), 20);
  for (let count = 0; count < 10; count++) refuse();
  expect(told).toEqual([1]);
  await vi.waitFor(() => expect(told).toEqual([1, 9]));
  await new Promise((resolve) => setTimeout(resolve, 60));
  refuse();
  expect(told).toEqual([1, 9, 1]);
});
