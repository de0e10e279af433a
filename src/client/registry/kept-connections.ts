/** Short requests without TLS, over connections that stay open: some for each origin, the last one used first. */
import { isDevregError } from '../../errors.ts';
import type { Answer } from './answer.ts';
import { KeptConnection, type ShortRequest } from './kept-connection.ts';
import { writeRequestHead } from './request-head.ts';

/**
 * The connections of one client. Node's client for HTTP spends several times as long on each request, which is what
 * copying an image of many layers consists of.
 */
export class KeptConnections implements Disposable {
  readonly #max: number;
  readonly #origins = new Map<string, Origin>();
  #isClosed = false;

  /** @param max connections to each origin at the same time */
  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Asks; once more when the server closed a connection that had been waiting for its next request.
   * @returns undefined when this is to be asked for in another way: what answers there is not plain, or all are in use
   * @throws what the socket fails with; DevregError REGISTRY_TIMEOUT; the signal's reason
   */
  async ask(request: ShortRequest, signal: AbortSignal): Promise<Answer | undefined> {
    signal.throwIfAborted();
    const origin = this.#originOf(request.url);
    if (!origin.isUsable || (origin.idle.length === 0 && origin.open.size >= this.#max)) return undefined;
    const head = writeRequestHead(request.method, request.url, request.headers);
    const answer = await (origin.idle.length > 0
      ? askAgain(origin, head, request, signal)
      : connect(origin, request).ask(head, request, signal));
    if (answer === undefined) origin.isUsable = false;
    return answer;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const origin of this.#origins.values()) {
      origin.isUsable = false;
      for (const connection of origin.open) connection.close();
    }
  }

  #originOf({ origin }: URL): Origin {
    const known = this.#origins.get(origin) ?? { idle: [], open: new Set(), isUsable: !this.#isClosed };
    this.#origins.set(origin, known);
    return known;
  }
}

interface Origin {
  readonly idle: KeptConnection[];
  /** With those that are idle. */
  readonly open: Set<KeptConnection>;
  /** Until something there is answered in a way that is not understood here, or nothing is to be asked any more. */
  isUsable: boolean;
}

async function askAgain(origin: Origin, head: string, request: ShortRequest, signal: AbortSignal) {
  const connection = origin.idle.pop() ?? connect(origin, request);
  try {
    return await connection.ask(head, request, signal);
  } catch (error) {
    if (signal.aborted || !origin.isUsable || connection.hasBegun || isDevregError(error)) throw error;
    return connect(origin, request).ask(head, request, signal);
  }
}

function connect({ idle, open }: Origin, request: ShortRequest): KeptConnection {
  const connection = new KeptConnection(request, {
    rest: (rested) => void idle.push(rested),
    forget: (gone) => {
      open.delete(gone);
      const place = idle.indexOf(gone);
      if (place >= 0) idle.splice(place, 1);
    },
  });
  open.add(connection);
  return connection;
}
