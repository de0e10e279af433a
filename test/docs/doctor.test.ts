/** The page on doctor has every finding, and no other. */
import { expect, it } from 'vitest';
import { readSource } from './error-codes.ts';
import { readPage, rowsBelow } from './pages.ts';

/** Where findings are made. */
const MAKERS = /^(?:doctor\/(?:check-[\w-]+|self-test)|workflows\/doctor\/run-checks)\.ts$/;

/** A code of several words; those of variables for proxies are none. */
const CODE = /'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g;

const rows = rowsBelow(await readPage('docs/doctor.md'), '## Findings');

it('has the codes of the source', async () => {
  const made = [...(await readSource())]
    .filter(([file]) => MAKERS.test(file))
    .flatMap(([, text]) => [...text.matchAll(CODE)].map(([, code = '']) => code))
    .filter((code) => !code.endsWith('_PROXY'));
  expect(made.length).toBeGreaterThan(30);
  expect(rows.map(([code = '']) => code).toSorted()).toEqual([...new Set(made)].toSorted());
});

it('says of each what it means and what mends it', () => {
  for (const [code, state, meaning, remedy] of rows) {
    expect.soft(state, code).toMatch(/^(?:warning|problem|warning, problem)$/);
    expect.soft(meaning, code).toMatch(/\.$/);
    expect.soft(remedy, code).toMatch(/\.$/);
  }
});
