/** Single requests to a cluster's API: what was said, patience with a busy one, and errors in sentences. */
import type { IncomingMessage } from 'node:http';
import { json, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { isDevregError } from '../errors.ts';
import { refused, tooSlow, unreachable } from './api-errors.ts';
import type { ApiRequest, Connection } from './connection.ts';

/** A reply, whatever its status. */
interface ApiReply {
  readonly status: number;
  readonly body: unknown;
}

/** A request, as callers of this room put it. */
export type ApiCall = Omit<ApiRequest, 'signal'> & {
  readonly signal?: AbortSignal;
  /** Milliseconds it may take; REQUEST_MS when absent. */
  readonly limit?: number;
};

/** What requests go through. */
export interface ApiClient {
  /** @returns the reply with its body as JSON, or as text. @throws CLUSTER_UNREACHABLE, CLUSTER_TIMEOUT, the signal's reason */
  ask(call: ApiCall): Promise<ApiReply>;
  /** As `ask`, without a second try at a busy API. */
  askOnce(call: ApiCall): Promise<ApiReply>;
  /** @returns the body of a reply with a good status. @throws as `ask`, and CLUSTER_REFUSED or CLUSTER_CONFLICT naming the task */
  must(task: string, call: ApiCall): Promise<unknown>;
  /** @returns the body as it comes, when the status is good. @throws as `must` */
  stream(task: string, call: ApiCall & { readonly signal: AbortSignal }): Promise<AsyncIterable<Buffer>>;
}

/** No request but a watch or a log takes longer. */
const REQUEST_MS = 30_000;

/** Too many requests, and an API that is starting, stopping or overloaded. */
const BUSY: ReadonlySet<number> = new Set([429, 503, 504]);
const BUSY_TRIES = 8;
const LONGEST_PAUSE_MS = 1_000;

/** @returns requests over one connection */
export function openApiClient(connection: Connection): ApiClient {
  const { server } = connection;

  const askOnce = async (call: ApiCall): Promise<ApiReply> => {
    const limit = call.limit ?? REQUEST_MS;
    const timeout = AbortSignal.timeout(limit);
    try {
      const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
      const reply = await connection.send({ ...call, signal });
      return { status: reply.statusCode ?? 0, body: await readBody(reply) };
    } catch (error) {
      call.signal?.throwIfAborted();
      if (timeout.aborted) throw tooSlow(server, limit);
      throw isDevregError(error) ? error : unreachable(server, error);
    }
  };

  return {
    askOnce,
    ask: (call) => untilNotBusy(() => askOnce(call), call.signal),
    async must(task, call) {
      const { status, body } = await this.ask(call);
      if (!isGood(status)) throw refused(task, status, body);
      return body;
    },
    async stream(task, call) {
      try {
        const reply = await connection.send(call);
        const status = reply.statusCode ?? 0;
        if (!isGood(status)) throw refused(task, status, await readBody(reply));
        return reply;
      } catch (error) {
        call.signal.throwIfAborted();
        throw isDevregError(error) ? error : unreachable(server, error);
      }
    },
  };
}

async function untilNotBusy(ask: () => Promise<ApiReply>, signal: AbortSignal | undefined): Promise<ApiReply> {
  for (let tries = 1; ; tries += 1) {
    const reply = await ask();
    if (!BUSY.has(reply.status) || tries === BUSY_TRIES) return reply;
    await delay(Math.min(50 * 2 ** tries, LONGEST_PAUSE_MS), undefined, signal && { signal });
  }
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

function readBody(reply: IncomingMessage): Promise<unknown> {
  return reply.headers['content-type']?.startsWith('application/json') === true ? json(reply) : text(reply);
}
