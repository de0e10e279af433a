/** The page on the registry names every variable that the registry understands or refuses, and no other. */
import { expect, it } from 'vitest';
import { readPage } from './pages.ts';

function variablesIn(text: string): readonly string[] {
  return [...new Set(text.match(/REGISTRY_[A-Z0-9][A-Z0-9_]*/g))].toSorted();
}

it('has the variables of registry:2', async () => {
  const known = variablesIn(await readPage('src/registry/environment.ts'));
  expect(known.length).toBeGreaterThan(10);
  expect(variablesIn(await readPage('docs/registry.md'))).toEqual(known);
});
