/** Knows which exchanges go on, so that a server ends after what its last clients sent is kept. */
import type { Exchange } from './exchange.ts';

/** A handler, and its exchanges that go on. */
export interface OpenExchanges {
  readonly exchange: Exchange;
  /** Resolves when none goes on. A connection may be gone before the bytes that came over it are stored. */
  settle(): Promise<void>;
}

/** Follows every exchange to its end. */
export function followExchanges(exchange: Exchange): OpenExchanges {
  const open = new Set<Promise<void>>();
  return {
    exchange(message, response, invite) {
      const ending = exchange(message, response, invite);
      if (!(ending instanceof Promise)) return;
      const ended = ending.finally(() => open.delete(ended));
      open.add(ended);
      return ended;
    },
    async settle() {
      await Promise.allSettled(open);
    },
  };
}
