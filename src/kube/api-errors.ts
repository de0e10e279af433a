/** What can go wrong between devreg and a cluster's API, in sentences. */
import { DevregError, isDevregError, systemCodeOf } from '../errors.ts';

/** The API does not answer, or not like one. */
export function unreachable(server: string, cause: unknown): DevregError {
  const why = systemCodeOf(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return new DevregError('failure', 'CLUSTER_UNREACHABLE', `The cluster's API at ${server} does not answer (${why}).`, {
    hint: 'See whether its nodes run with `devreg status`, and start them with `devreg start`.',
    cause,
  });
}

/** The API took longer than a request may take. */
export function tooSlow(server: string, milliseconds: number): DevregError {
  const text = `The cluster's API at ${server} did not answer within ${milliseconds / 1000} seconds.`;
  return new DevregError('timeout', 'CLUSTER_TIMEOUT', text, {
    hint: 'The machine may be busy, or the cluster paused; try again.',
  });
}

/** Client errors that another try may be spared: timeouts, a forgotten past, too many requests. */
const PASSING: ReadonlySet<number> = new Set([408, 410, 429]);

/**
 * The API did not do it: CLUSTER_CONFLICT after somebody else's change in between, CLUSTER_UNREACHABLE when it could
 * not for now, else CLUSTER_REFUSED.
 * @param task what was asked: `patch Deployment devreg/registry`
 * @param body the API's Status object
 */
export function refused(task: string, status: number, body: unknown): DevregError {
  const said = messageOf(body) ?? `HTTP status ${status}`;
  const text = `The cluster refused to ${task}: ${said.replace(/\.$/, '')}.`;
  if (status === 409) {
    return new DevregError('conflict', 'CLUSTER_CONFLICT', text, { hint: 'Something else changed it; try again.' });
  }
  const code = status >= 500 || PASSING.has(status) ? 'CLUSTER_UNREACHABLE' : 'CLUSTER_REFUSED';
  return new DevregError('failure', code, text);
}

/** As the API says that a field cannot be changed, or not like that. */
const FIXED = /\bimmutable\b|may not change|can ?not be (?:changed|less than)|updates to \S+ spec/i;

/** Whether the API refused to change an object that could be made anew like that. */
export function isFixed(error: unknown): error is DevregError {
  return isDevregError(error) && error.code === 'CLUSTER_REFUSED' && FIXED.test(error.message);
}

/** The sentence of a Status object. */
export function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined;
  return typeof body.message === 'string' && body.message !== '' ? body.message : undefined;
}
