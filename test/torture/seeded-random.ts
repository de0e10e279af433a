/** Random numbers that a seed determines, split into streams so that one drawer's appetite does not change another's luck. */

/** A stream of random choices. */
export interface Random {
  /** @returns a whole number from 0 to one below `bound` */
  below(bound: number): number;
  /** @returns true this often, of one */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** @returns one of the items, each as often as its weight says */
  pickWeighted<T extends { readonly weight: number }>(items: readonly T[]): T;
  /** @returns some of the items, in their order */
  some<T>(items: readonly T[], probability: number): T[];
  bytes(length: number): Buffer;
  /** @returns a stream of its own for a purpose; the same purpose gives the same stream */
  fork(purpose: string): Random;
}

/** Makes a stream. */
export function seededRandom(seed: string): Random {
  const next = xorshift(hashText(seed));
  const below = (bound: number): number => next() % bound;
  const chance = (probability: number): boolean => next() < probability * 2 ** 32;
  const pick = <T>(items: readonly T[]): T => {
    const place = below(items.length);
    for (const [index, item] of items.entries()) if (index === place) return item;
    throw new Error('There is nothing to pick from.');
  };
  return {
    below,
    chance,
    pick,
    pickWeighted(items) {
      let left = below(items.reduce((sum, { weight }) => sum + weight, 0));
      return items.find(({ weight }) => (left -= weight) < 0) ?? pick(items);
    },
    some: (items, probability) => items.filter(() => chance(probability)),
    bytes: (length) => randomBytes(next, length),
    fork: (purpose) => seededRandom(`${seed}/${purpose}`),
  };
}

/** Marsaglia's xorshift32: 2^32 - 1 numbers before it repeats. */
function xorshift(seed: number): () => number {
  let state = seed === 0 ? 1 : seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** FNV-1a with a last mixing, so that seeds that differ little lead to streams that differ much. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function randomBytes(next: () => number, length: number): Buffer {
  const words = Uint32Array.from({ length: Math.ceil(length / 4) }, next);
  return Buffer.from(words.buffer, 0, length);
}
