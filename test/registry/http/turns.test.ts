/** What arrives in one turn of the event loop is handled after all of it arrived, in its order, and nothing twice. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inTurns } from '../../../src/registry/http/turns.ts';

it('handles together what arrives together', async () => {
  const happened: string[] = [];
  const begin = inTurns((one: string) => void happened.push(`handled ${one}`));
  for (const one of ['a', 'b']) {
    begin(one);
    happened.push(`arrived ${one}`);
  }
  expect(happened).toEqual(['arrived a', 'arrived b']);
  await nextTurn();
  expect(happened.slice(2)).toEqual(['handled a', 'handled b']);
  begin('c');
  await nextTurn();
  expect(happened.slice(4)).toEqual(['handled c']);
  await nextTurn();
  expect(happened).toHaveLength(5);
});

it('handles in the next turn what arrives while others are handled', async () => {
  const handled: string[] = [];
  const begin = inTurns((one: string) => {
    handled.push(one);
    if (one === 'a') begin('late');
  });
  begin('a');
  begin('b');
  await nextTurn();
  expect(handled).toEqual(['a', 'b']);
  await nextTurn();
  expect(handled).toEqual(['a', 'b', 'late']);
});
