/** A map that keeps what was used most recently, up to a weight. */

/** The bounds of a map. */
export interface RecentBounds<V> {
  /** The weight of all values together. */
  readonly max: number;
  weigh(value: V): number;
}

/** Keeps values until newer ones need the room. */
export class Recent<V> {
  readonly #entries = new Map<string, V>();
  readonly #bounds: RecentBounds<V>;
  #weight = 0;

  constructor(bounds: RecentBounds<V>) {
    this.#bounds = bounds;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    // The order of the map is the order of use.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.delete(key);
    const weight = this.#bounds.weigh(value);
    if (weight > this.#bounds.max) return;
    this.#entries.set(key, value);
    this.#weight += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#bounds.max) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#weight -= this.#bounds.weigh(value);
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }
}
