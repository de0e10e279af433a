/**
 * Every state the registry can be in, given what its clients asked and were answered.
 *
 * Of a call whose answer has not come nobody knows whether it has taken effect, nor in which order with others that
 * are under way. So each such possibility is a world of its own, and each answer rules out the worlds it cannot come
 * from. When none is left, the registry has done what no order of the calls explains: it is not linearizable.
 * After a crash, calls without an answer have happened or have not; looking tells which.
 */
import { type State, keyOf } from './state.ts';

/** What a call can come to in a state; without effect it leaves the very same state. */
export interface Outcome {
  readonly answer: string;
  readonly next: State;
}

/** Something a client asks that happens at one moment, or not at all. */
export interface Question {
  readonly text: string;
  outcomes(state: State): readonly Outcome[];
}

/** An answer that no world explains. */
export class ContradictionError extends Error {
  override readonly name = 'ContradictionError';

  constructor(question: Question, answer: string, explained: Iterable<string>) {
    super(`${question.text}: answered ${answer}; possible: ${[...new Set(explained)].join(' | ')}`);
  }
}

/** What a question without an answer has come to already. */
interface Effect {
  readonly answer: string;
  readonly changed: boolean;
}

interface World {
  readonly state: State;
  readonly effects: ReadonlyMap<Question, Effect>;
}

/** More than clients that ask one thing at a time can bring about: the test would never end. */
const WORLDS_MAX = 20_000;

export class Worlds {
  #worlds: readonly World[];
  readonly #open = new Set<Question>();
  #contradiction: ContradictionError | undefined;

  constructor(state: State) {
    this.#worlds = [{ state, effects: new Map() }];
  }

  /** The one possible state. @throws Error when there are several */
  get only(): State {
    const [first, ...others] = this.#worlds;
    if (first === undefined || others.length > 0) throw new Error(`The registry can be in ${this.#worlds.length} states.`);
    return first.state;
  }

  /** Every possible state. */
  get states(): readonly State[] {
    return this.#worlds.map(({ state }) => state);
  }

  /** A client begins to ask. */
  begin(question: Question): void {
    this.#open.add(question);
  }

  /** A client is answered. @throws ContradictionError, the first one again and again */
  answer(question: Question, answer: string): void {
    if (this.#contradiction !== undefined) throw this.#contradiction;
    this.#open.delete(question);
    const reachable = this.#worlds.flatMap((world) => (world.effects.has(question) ? [world] : this.#reachable(world)));
    const ended = reachable.flatMap((world) => endings(world, question));
    this.#keep(ended.filter((ending) => ending.answer === answer).map(({ world }) => world));
    if (this.#worlds.length > 0) return;
    this.#contradiction = new ContradictionError(question, answer, ended.map((ending) => ending.answer));
    throw this.#contradiction;
  }

  /** The registry has stopped: what was asked and not answered has happened or never will. */
  crash(): void {
    const reachable = this.#worlds.flatMap((world) => this.#reachable(world));
    this.#open.clear();
    this.#keep(reachable.map(({ state }) => ({ state, effects: new Map() })));
  }

  /** Something becomes true in every world. */
  change(apply: (state: State) => State): void {
    this.#keep(this.#worlds.map(({ state, effects }) => ({ state: apply(state), effects })));
  }

  /** The world, and those that open questions can lead to from it. */
  #reachable(world: World): World[] {
    const found = new Map([[this.#keyOf(world), world]]);
    // A map gives what is added while it is gone through.
    for (const current of found.values()) {
      for (const question of this.#open) {
        if (current.effects.has(question)) continue;
        for (const next of effectsOf(current, question)) found.set(this.#keyOf(next), next);
      }
      if (found.size > WORLDS_MAX) throw new Error('There are too many worlds.');
    }
    return [...found.values()];
  }

  #keep(worlds: readonly World[]): void {
    this.#worlds = [...new Map(worlds.map(simplify).map((world) => [this.#keyOf(world), world])).values()];
  }

  #keyOf({ state, effects }: World): string {
    const taken = [...this.#open].map((question) => {
      const effect = effects.get(question);
      return effect === undefined ? '' : `${effect.answer}${effect.changed ? '!' : ''}`;
    });
    return `${keyOf(state)} ${taken.join(';')}`;
  }
}

function effectsOf({ state, effects }: World, question: Question): World[] {
  return question.outcomes(state).map(({ answer, next }) => ({
    state: next,
    effects: new Map([...effects, [question, { answer, changed: next !== state }]]),
  }));
}

/** The worlds in which a question is over, each with its answer. */
function endings(world: World, question: Question): { readonly answer: string; readonly world: World }[] {
  const effect = world.effects.get(question);
  if (effect === undefined) return question.outcomes(world.state).map(({ answer, next }) => ({ answer, world: { ...world, state: next } }));
  const effects = new Map([...world.effects].filter(([other]) => other !== question));
  return [{ answer: effect.answer, world: { ...world, effects } }];
}

/** What changed nothing and could come to the same now need not have happened yet; so fewer worlds are told apart. */
function simplify({ state, effects }: World): World {
  const kept = [...effects].filter(
    ([question, effect]) =>
      effect.changed || !question.outcomes(state).some(({ answer, next }) => answer === effect.answer && next === state),
  );
  return { state, effects: new Map(kept) };
}
