/** A map that keeps what was used recently, up to a weight. */

/** The bounds of a map. */
export interface RecentBounds<V> {
  /** The weight of all values together. */
  readonly max: number;
  weigh(value: V): number;
}

/** Values with their weight. */
interface Generation<V> {
  readonly values: Map<string, V>;
  weight: number;
}

/**
 * Keeps values until newer ones need the room: in two generations of half the weight each, of which the older goes when
 * the younger is full. What is used moves to the younger one, and so stays as long as half the weight of other values
 * was not used since. (An order of use that is kept exactly costs two changes of the map for each look at it.)
 */
export class Recent<V> {
  readonly #bounds: RecentBounds<V>;
  #younger = emptyGeneration<V>();
  #older = emptyGeneration<V>();

  constructor(bounds: RecentBounds<V>) {
    this.#bounds = bounds;
  }

  get(key: string): V | undefined {
    const value = this.#younger.values.get(key);
    if (value !== undefined) return value;
    const older = this.#older.values.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  /** Keeps a value, unless it takes more than half the weight. */
  set(key: string, value: V): void {
    this.delete(key);
    const weight = this.#bounds.weigh(value);
    const half = this.#bounds.max / 2;
    if (weight > half) return;
    if (this.#younger.weight + weight > half) {
      this.#older = this.#younger;
      this.#younger = emptyGeneration();
    }
    this.#younger.values.set(key, value);
    this.#younger.weight += weight;
  }

  delete(key: string): void {
    this.#take(this.#younger, key);
    this.#take(this.#older, key);
  }

  clear(): void {
    this.#younger = emptyGeneration();
    this.#older = emptyGeneration();
  }

  #take(generation: Generation<V>, key: string): void {
    const value = generation.values.get(key);
    if (value === undefined) return;
    generation.values.delete(key);
    generation.weight -= this.#bounds.weigh(value);
  }
}

function emptyGeneration<V>(): Generation<V> {
  return { values: new Map(), weight: 0 };
}
