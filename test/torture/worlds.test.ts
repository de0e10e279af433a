/** Which answers some order of calls explains, and which none does. */
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { EMPTY_STATE, type State, withRepository } from './model/state.ts';
import { ContradictionError, type Question, Worlds } from './model/worlds.ts';

const A = digestOf('a');
const B = digestOf('b');

/** Points a tag and, if it is given, a second one with it. */
function point(digest: Digest, ...tags: readonly string[]): Question {
  const next = (state: State): State =>
    withRepository(state, 'app', (before) => ({
      ...before,
      tags: new Map([...before.tags, ...tags.map((tag) => [tag, digest] as const)]),
    }));
  return { text: `point ${tags.join()}`, outcomes: (state) => [{ answer: 'done', next: next(state) }] };
}

function read(tag = 'x'): Question {
  return { text: `read ${tag}`, outcomes: (state) => [{ answer: tagIn(state, tag), next: state }] };
}

function tagIn(state: State, tag: string): string {
  return state.repositories.get('app')?.tags.get(tag) ?? 'nothing';
}

/** Asks and is answered while others may be under way. */
function ask(worlds: Worlds, question: Question, answer: string): void {
  worlds.begin(question);
  worlds.answer(question, answer);
}

function begun(worlds: Worlds, question: Question): Question {
  worlds.begin(question);
  return question;
}

describe('a call that is under way', () => {
  it('may have happened or not', () => {
    for (const seen of [A, 'nothing']) {
      const worlds = new Worlds(EMPTY_STATE);
      worlds.begin(point(A, 'x'));
      ask(worlds, read(), seen);
    }
  });

  it('has not un-happened once it was seen', () => {
    const worlds = new Worlds(EMPTY_STATE);
    worlds.begin(point(A, 'x'));
    ask(worlds, read(), A);
    expect(() => ask(worlds, read(), 'nothing')).toThrow(ContradictionError);
  });

  it('happens whole', () => {
    const worlds = new Worlds(EMPTY_STATE);
    worlds.begin(point(A, 'x', 'y'));
    ask(worlds, read('x'), A);
    expect(() => ask(worlds, read('y'), 'nothing')).toThrow('read y: answered nothing; possible: sha256:');
  });

  it('may happen before or after another', () => {
    for (const seen of [A, B]) {
      const worlds = new Worlds(EMPTY_STATE);
      const [one, other] = [begun(worlds, point(A, 'x')), begun(worlds, point(B, 'x'))];
      worlds.answer(one, 'done');
      worlds.answer(other, 'done');
      ask(worlds, read(), seen);
      expect(tagIn(worlds.only, 'x')).toBe(seen);
    }
  });

  it('happens once', () => {
    const worlds = new Worlds(EMPTY_STATE);
    worlds.begin(point(A, 'x'));
    ask(worlds, read(), A);
    ask(worlds, point(B, 'x'), 'done');
    expect(() => ask(worlds, read(), A)).toThrow(ContradictionError);
  });
});

describe('an answer', () => {
  it('may be older than itself, but not than its question', () => {
    const worlds = new Worlds(EMPTY_STATE);
    const early = begun(worlds, read());
    ask(worlds, point(A, 'x'), 'done');
    const late = begun(worlds, read());
    worlds.answer(early, 'nothing');
    expect(() => worlds.answer(late, 'nothing')).toThrow(ContradictionError);
  });

  it('to a call that happened after another is the later one', () => {
    const worlds = new Worlds(EMPTY_STATE);
    ask(worlds, point(A, 'x'), 'done');
    ask(worlds, point(B, 'x'), 'done');
    expect(() => ask(worlds, read(), A)).toThrow(ContradictionError);
  });

  it('that no outcome has is a contradiction', () => {
    const worlds = new Worlds(EMPTY_STATE);
    expect(() => ask(worlds, point(A, 'x'), '500')).toThrow('point x: answered 500; possible: done');
  });
});

describe('a crash', () => {
  it('leaves what was not answered done or undone, and looking tells', () => {
    for (const seen of [A, 'nothing']) {
      const worlds = new Worlds(EMPTY_STATE);
      worlds.begin(point(A, 'x'));
      worlds.crash();
      expect(worlds.states).toHaveLength(2);
      ask(worlds, read(), seen);
      ask(worlds, read(), seen);
      expect(tagIn(worlds.only, 'x')).toBe(seen);
    }
  });

  it('ends what was under way: it does not happen later', () => {
    const worlds = new Worlds(EMPTY_STATE);
    worlds.begin(point(A, 'x'));
    worlds.crash();
    ask(worlds, read(), 'nothing');
    expect(() => ask(worlds, read(), A)).toThrow(ContradictionError);
  });

  it('takes nothing back that was answered', () => {
    const worlds = new Worlds(EMPTY_STATE);
    ask(worlds, point(A, 'x'), 'done');
    worlds.crash();
    expect(() => ask(worlds, read(), 'nothing')).toThrow(ContradictionError);
  });

  it('in the middle of several lets any of them have happened, in any order', () => {
    const possible = new Set<string>();
    const worlds = new Worlds(EMPTY_STATE);
    for (const digest of [A, B]) worlds.begin(point(digest, 'x'));
    worlds.crash();
    for (const state of worlds.states) possible.add(tagIn(state, 'x'));
    expect(possible).toEqual(new Set(['nothing', A, B]));
  });
});
