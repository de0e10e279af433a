/**
 * Garbage in the model: a blob that no manifest of its repository references may be gone at any moment, unless clients
 * were told of it in the time of a lease.
 */
import type { Digest } from '../../../src/oci/digest.ts';
import { isCollectable, withoutBlob } from './rules.ts';
import type { State } from './state.ts';
import type { Outcome, Question } from './worlds.ts';

/** A blob of a repository. */
interface BlobPlace {
  readonly repository: string;
  readonly digest: Digest;
}

/** What a question has to do with garbage. */
export interface AboutBlobs {
  /** Blobs without which it comes to something else. */
  readonly needs?: readonly BlobPlace[];
  /** A blob that an answer of success tells is there. */
  readonly tellsOf?: BlobPlace;
}

/** Timers of the registry may come so many milliseconds early. */
const TOLERANCE = 5;

/** What clients were told, and for how long they may rely on it: in this life of the registry and in the next. */
export class Promises {
  readonly #lease: number;
  readonly #until = new Map<string, number>();

  /** @param lease in milliseconds; undefined: nothing is ever collected */
  constructor(lease: number | undefined) {
    this.#lease = lease ?? Infinity;
  }

  /**
   * A question as it may come out where garbage is collected. What is promised is what was told before it was asked;
   * a promise that ends while it is under way holds no longer.
   */
  questionOf<T extends Question & AboutBlobs>(question: T): T {
    const needs = question.needs ?? [];
    if (this.#lease === Infinity || needs.length === 0) return question;
    const until = needs.map((place) => this.#until.get(keyOf(place)) ?? 0);
    const withoutGarbage = (state: State): Outcome[] => {
      const now = performance.now();
      return needs
        .filter((place, index) => now >= (until[index] ?? 0) && isCollectable(state, place))
        .flatMap((place) => question.outcomes(withoutBlob(state, place)));
    };
    return { ...question, outcomes: (state) => [...question.outcomes(state), ...withoutGarbage(state)] };
  }

  /** Notes what an answer has told. @param asked when the question was asked */
  note({ tellsOf }: AboutBlobs, answer: string, asked: number): void {
    if (tellsOf === undefined || !/^20[016]/.test(answer)) return;
    this.#until.set(keyOf(tellsOf), asked + this.#lease - TOLERANCE);
  }
}

function keyOf({ repository, digest }: BlobPlace): string {
  return `${repository} ${digest}`;
}
