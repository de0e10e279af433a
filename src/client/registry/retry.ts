/** When what failed is tried again, and how long to wait before. */
import { setTimeout as wait } from 'node:timers/promises';
import { isDevregError, systemCodeOf } from '../../errors.ts';
import type { RetryOptions } from './registry-client.ts';

/** Tells how long to wait, and waits. */
export interface RetryPolicy {
  readonly times: number;
  /**
   * Waits before another try; somewhat less than said, each time different, so that many clients do not come at once.
   * @param attempt 0 before the first one more
   * @param atLeast milliseconds that the registry asks for
   */
  pause(attempt: number, signal: AbortSignal, atLeast?: number): Promise<void>;
}

const TIMES = 5;
const DELAY_MS = 300;
const DELAY_MAX_MS = 30_000;
/** A registry that asks for more than this is not waited for as long as it asks. */
const ASKED_MAX_MS = 120_000;

/** Makes a policy; the delay doubles each time. */
export function createRetryPolicy({
  times = TIMES,
  delay = DELAY_MS,
  isFixed = false,
}: RetryOptions = {}): RetryPolicy {
  return {
    times,
    async pause(attempt, signal, atLeast = 0) {
      const full = isFixed ? delay : Math.min(delay * 2 ** attempt, DELAY_MAX_MS);
      const jittered = isFixed ? full : full * (0.5 + Math.random() / 2);
      await wait(Math.max(jittered, Math.min(atLeast, ASKED_MAX_MS)), undefined, { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
    },
  };
}

/** Answers that may be others the next time. */
export function isPassingStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

const PASSING = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/** Of places that hand out tokens, and of silence. */
const PASSING_REFUSALS = new Set(['REGISTRY_TIMEOUT', 'REGISTRY_BUSY', 'REGISTRY_FAILED']);

/**
 * Whether a failure may be gone the next time.
 * @param wasThere whether the registry has answered before; only then a refused connection is a restart
 */
export function isPassingError(error: unknown, wasThere: boolean): boolean {
  if (isDevregError(error)) {
    return PASSING_REFUSALS.has(error.code) || (error.cause !== undefined && isPassingError(error.cause, wasThere));
  }
  const code = systemCodeOf(error) ?? '';
  return PASSING.has(code) || (wasThere && code === 'ECONNREFUSED');
}

/** Milliseconds that a Retry-After header asks for. @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
export function parseRetryAfter(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  const milliseconds = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now.getTime();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0;
}
