/**
 * Every state the registry can be in, given what its clients asked and were answered.
 *
 * Of a call whose answer has not come nobody knows whether it has taken effect, nor in which order with others that
 * are under way. So each such possibility is a world of its own, and each answer rules out the worlds it cannot come
 * from. When none is left, the registry has done what no order of the calls explains: it is not linearizable.
 * After a crash, calls without an answer have happened or have not; looking tells which.
 */
import { type State, differencesOf, keyOf } from './state.ts';

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

/** What a question without an answer has come to. */
interface Effect {
  readonly answer: string;
  readonly isChange: boolean;
}

/** A state, and what has happened of the questions without an answer: of the others, nothing that shows. */
interface World {
  readonly state: State;
  readonly effects: ReadonlyMap<Question, Effect>;
}

interface Ending {
  readonly answer: string;
  readonly world: World;
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
    if (first === undefined || others.length > 0)
      throw new Error(`The registry can be in ${this.#worlds.length} states.`);
    return first.state;
  }

  /** How the possible states differ from the first one, in words; empty when there is one only. */
  get differences(): string {
    const [first, ...others] = this.#worlds;
    return others.map(({ state }) => differencesOf(first?.state, state)).join(' | ');
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
    const endings = this.#worlds.flatMap((world) => this.#endingsFrom(world, question));
    this.#keep(endings.filter((ending) => ending.answer === answer).map(({ world }) => world));
    if (this.#worlds.length > 0) return;
    this.#contradiction = new ContradictionError(
      question,
      answer,
      endings.map((ending) => ending.answer),
    );
    throw this.#contradiction;
  }

  /** A question will not be answered, and has had its effect by now or will have none. */
  abandon(question: Question): void {
    const reachable = this.#worlds.flatMap((world) => this.#reachable(world));
    this.#open.delete(question);
    this.#keep(reachable.map((world) => without(world, question)));
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

  #endingsFrom(world: World, question: Question): Ending[] {
    const effect = world.effects.get(question);
    if (effect !== undefined) return [{ answer: effect.answer, world: without(world, question) }];
    return this.#reachable(world).flatMap((reached) => this.#follow(reached, question));
  }

  /** The world, and those that open questions can change it into. */
  #reachable(world: World): World[] {
    const found = new Map([[this.#keyOf(world), world]]);
    // A map gives what is added while it is gone through.
    for (const current of found.values()) {
      for (const question of this.#open) {
        if (current.effects.has(question)) continue;
        for (const next of this.#changedBy(current, question)) found.set(this.#keyOf(next), next);
      }
      if (found.size > WORLDS_MAX) throw new Error('There are too many worlds.');
    }
    return [...found.values()];
  }

  #changedBy(world: World, question: Question): World[] {
    const changes = this.#follow(world, question).filter((ending) => ending.world.state !== world.state);
    return changes.map(({ answer, world: { state, effects } }) =>
      simplify({ state, effects: new Map([...effects, [question, { answer, isChange: true }]]) }),
    );
  }

  /** What a question comes to in a world, and the world after it. */
  #follow(world: World, question: Question): Ending[] {
    return question.outcomes(world.state).flatMap(({ answer, next }) => {
      if (next === world.state) return [{ answer, world }];
      return this.#effectsBefore(world, next, question).map((effects) => ({ answer, world: { state: next, effects } }));
    });
  }

  /** Before a state is left, others may or may not have come to what they cannot come to afterwards. */
  #effectsBefore({ state, effects }: World, next: State, question: Question): ReadonlyMap<Question, Effect>[] {
    let possible: ReadonlyMap<Question, Effect>[] = [effects];
    for (const other of this.#open) {
      if (other === question || effects.has(other)) continue;
      const later = idleAnswers(other, next);
      const missed = idleAnswers(other, state).filter((answer) => !later.includes(answer));
      possible = possible.flatMap((some) => [
        some,
        ...missed.map((answer) => new Map([...some, [other, { answer, isChange: false }]])),
      ]);
    }
    return possible;
  }

  #keep(worlds: readonly World[]): void {
    this.#worlds = [...new Map(worlds.map(simplify).map((world) => [this.#keyOf(world), world])).values()];
  }

  #keyOf({ state, effects }: World): string {
    if (effects.size === 0) return keyOf(state);
    const taken = [...this.#open].map((question) => {
      const effect = effects.get(question);
      return effect === undefined ? '' : `${effect.answer}${effect.isChange ? '!' : ''}`;
    });
    return `${keyOf(state)} ${taken.join(';')}`;
  }
}

/** What a question comes to in a state without changing it. */
function idleAnswers(question: Question, state: State): string[] {
  return question
    .outcomes(state)
    .filter(({ next }) => next === state)
    .map(({ answer }) => answer);
}

/** What changed nothing, and can come to the same now, need not have happened yet; so fewer worlds are told apart. */
function simplify({ state, effects }: World): World {
  const kept = [...effects].filter(
    ([question, { answer, isChange }]) => isChange || !idleAnswers(question, state).includes(answer),
  );
  return kept.length === effects.size ? { state, effects } : { state, effects: new Map(kept) };
}

function without({ state, effects }: World, question: Question): World {
  return { state, effects: new Map([...effects].filter(([other]) => other !== question)) };
}
