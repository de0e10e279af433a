/** Memory for reading: what was given back is used again, once; what was not, never. */
import { expect, it } from 'vitest';
import { giveBack, isLent, keepMemory, lendPiece, takeMemory } from '../../../src/client/registry/read-memory.ts';

const LONG = 200_000;

it('is used again when its piece is given back', () => {
  const memory = takeMemory();
  const piece = lendPiece(memory, 5, 5 + LONG);
  expect([piece.length, isLent(piece)]).toEqual([LONG, true]);
  giveBack(piece);
  expect(isLent(piece)).toBe(false);
  expect(takeMemory()).toBe(memory);
});

it('is not handed out to two, when a piece is given back twice', () => {
  const piece = lendPiece(takeMemory(), 0, LONG);
  giveBack(piece);
  giveBack(piece);
  expect(takeMemory()).not.toBe(takeMemory());
});

it('stays with whoever does not give it back', () => {
  const memory = takeMemory();
  lendPiece(memory, 0, LONG);
  expect([takeMemory(), takeMemory()]).not.toContain(memory);
});

it('is read into again at once when a piece is short, which is a copy', () => {
  const memory = takeMemory().fill('a');
  const piece = lendPiece(memory, 0, 9);
  expect(takeMemory()).toBe(memory);
  memory.fill('b');
  expect([piece.toString(), isLent(piece)]).toEqual(['a'.repeat(9), false]);
});

it('takes nothing that it did not lend', () => {
  const other = Buffer.alloc(LONG);
  giveBack(other);
  expect(takeMemory()).not.toBe(other);
});

it('is kept for some, and no more', () => {
  const many = Array.from({ length: 100 }, takeMemory);
  for (const memory of many) keepMemory(memory);
  const again = Array.from({ length: 100 }, takeMemory).filter((memory) => many.includes(memory));
  expect(again).toHaveLength(16);
});

// The last one here: what is away stays away.
it('is given, and less of it, when nobody gives it back', () => {
  const whole = takeMemory().length;
  for (let times = 0; times < 100; times++) lendPiece(takeMemory(), 0, LONG);
  const given = takeMemory();
  expect(given.length).toBeLessThan(whole);
  const piece = lendPiece(given, 0, LONG);
  expect([piece.buffer === given.buffer, isLent(piece)]).toEqual([true, false]);
  giveBack(piece);
  expect(takeMemory()).not.toBe(given);
});
