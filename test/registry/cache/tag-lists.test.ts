/** Lists of tags in memory: page by page, dropped with their repository, within bounds. */
import { expect, it } from 'vitest';
import { TagLists } from '../../../src/registry/cache/tag-lists.ts';
import { repositoryName, tagOf } from '../../support/contracts/metadata-samples.ts';

const A = repositoryName('a');
const B = repositoryName('b');
const tags = (count: number) => Array.from({ length: count }, (_, at) => tagOf(`t${at}`));
const first = (limit: number) => ({ after: undefined, limit });

it('finds the very list that was kept, for its page and repository alone', () => {
  const lists = new TagLists();
  const kept = tags(3);
  lists.keep(A, first(3), kept);
  expect(lists.find(A, first(3))).toBe(kept);
  expect([lists.find(A, first(4)), lists.find(A, { after: 't1', limit: 3 }), lists.find(B, first(3))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('forgets all pages of a repository, and those of no other', () => {
  const lists = new TagLists();
  lists.keep(A, first(1), tags(1));
  lists.keep(A, first(2), tags(2));
  lists.keep(B, first(2), tags(2));
  lists.drop(A);
  expect([lists.find(A, first(1)), lists.find(A, first(2)), lists.find(B, first(2))?.length]).toEqual([
    undefined,
    undefined,
    2,
  ]);
});

it('keeps no more than some pages of a repository, and no more than so many tags', () => {
  const lists = new TagLists();
  for (let limit = 1; limit <= 100; limit++) lists.keep(A, first(limit), tags(1));
  const pages = Array.from({ length: 100 }, (_, at) => lists.find(A, first(at + 1))).filter(
    (page) => page !== undefined,
  );
  expect(pages.length).toBeLessThanOrEqual(16);
  for (let at = 0; at < 20; at++) lists.keep(repositoryName(`many-${at}`), first(10_001), tags(10_000));
  const held = Array.from(
    { length: 20 },
    (_, at) => lists.find(repositoryName(`many-${at}`), first(10_001))?.length ?? 0,
  );
  expect(held.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(50_000);
  expect(held.at(-1)).toBe(10_000);
});
