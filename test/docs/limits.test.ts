/** The page on the registry tells the transport's limits as they are. */
import { expect, it } from 'vitest';
import * as limits from '../../src/registry/http/limits.ts';
import { readPage, rowsBelow } from './pages.ts';

function inWords(name: string, value: number): string {
  if (name.endsWith('_MS')) return value < 1000 ? `${value} ms` : `${value / 1000} s`;
  if (!name.endsWith('BYTES')) return String(value);
  return value < 1024 * 1024 ? `${value / 1024} KiB` : `${value / 1024 / 1024} MiB`;
}

it('has every limit with its value', async () => {
  const rows = rowsBelow(await readPage('docs/registry.md'), '## Limits');
  expect(rows.map(([name, value]) => `${name}: ${value}`).toSorted()).toEqual(
    Object.entries(limits)
      .map(([name, value]) => `${name}: ${inWords(name, value)}`)
      .toSorted(),
  );
});
