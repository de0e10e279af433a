/** What is noted of a registry that serves: numbers of its requests and collections, and lines of its log. */
import { auditRequest } from './audit.ts';
import type { Clock } from './core/ports.ts';
import type { Readiness } from './core/readiness.ts';
import type { GcReport } from './gc/report.ts';
import type { FinishedExchange } from './http/exchange.ts';
import { WATCH_PATHS } from './http/router.ts';
import type { Log } from './log.ts';
import { type Metrics, createMetrics } from './metrics/metrics.ts';
import type { Measured } from './metrics/storage-measure.ts';
import { TEXT_FORMAT } from './metrics/text-format.ts';

const OK = 200;

/** Takes note. */
export interface Observer {
  readonly onDone: (done: FinishedExchange) => void;
  /** Something went wrong that the client is not told. */
  readonly onFault: (request: string, error: unknown) => void;
  /** A collection of garbage that was to remove something ended. */
  readonly onCollected: (end: GcReport | 'failed') => void;
  /** The stores take writes no longer, or again. */
  readonly onReadiness: (problems: Readiness) => void;
  readonly metrics: { readonly contentType: string; readonly write: () => Promise<string> };
}

/** @param metadata tell what is stored */
export function createObserver(metadata: Measured, clock: Clock, log: Log): Observer {
  const metrics = createMetrics(metadata, clock);
  return {
    onDone(done) {
      countRequest(metrics, done);
      logRequest(log, done);
      auditRequest(log, done);
    },
    onFault: (request, error) => log.error('request.failed', { request, error: describe(error) }),
    onCollected(end) {
      if (end === 'failed') metrics.collections.noteFailed();
      else metrics.collections.noteFinished(end, clock.now());
    },
    onReadiness(problems) {
      if (Object.keys(problems).length === 0) log.info('ready');
      else log.warn('unready', problems);
    },
    metrics: { contentType: TEXT_FORMAT, write: () => metrics.write() },
  };
}

function countRequest({ requests }: Metrics, done: FinishedExchange): void {
  const { request, kind, status, received, bytes, milliseconds } = done;
  requests.note({ method: request.method, route: kind, status, received, sent: bytes, milliseconds });
}

/** Those who watch come every few seconds; only what fails is worth a line. */
function logRequest(log: Log, { request, status, bytes, milliseconds }: FinishedExchange): void {
  if (WATCH_PATHS.has(request.path) && status === OK) return;
  log.info('request', {
    request: request.id,
    client: request.origin.client,
    user: request.principal.user?.name,
    token: request.principal.accessTokenId,
    method: request.method,
    host: request.origin.host,
    path: request.path,
    status,
    bytes,
    ms: Math.round(milliseconds * 10) / 10,
    agent: request.headers['user-agent'],
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
