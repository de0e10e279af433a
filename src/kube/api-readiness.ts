/** Waits until a cluster's API, which may be starting, can be worked with. */
import { setTimeout as delay } from 'node:timers/promises';
import { isDevregError } from '../errors.ts';
import type { ApiCall, ApiClient } from './api-client.ts';

/** Nothing tells when the API comes up but asking it. */
const PAUSE_MS = 100;
/** An API that is starting may accept a connection and then say nothing. */
const LIMIT_MS = 2_000;

/** Whether whoever asks may do everything: the rules for it come shortly after the API. */
const ACCESS_REVIEW = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes: { verb: '*', group: '*', resource: '*' } },
};

/**
 * Resolves when the API is ready, the namespace `default` is there, and the kubeconfig's user may do everything.
 * @throws the signal's reason
 */
export async function awaitReady(client: ApiClient, signal: AbortSignal): Promise<void> {
  const isReady = async () => {
    if ((await answer(client, { method: 'GET', path: '/readyz' }, signal))?.status !== 200) return false;
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const [review, namespace] = await Promise.all([
      answer(client, { method: 'POST', path, body: ACCESS_REVIEW }, signal),
      answer(client, { method: 'GET', path: '/api/v1/namespaces/default' }, signal),
    ]);
    return namespace?.status === 200 && isAllowed(review?.body);
  };
  while (!(await isReady())) {
    await delay(PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** @returns undefined when the API does not answer */
async function answer(client: ApiClient, call: ApiCall, signal: AbortSignal) {
  try {
    return await client.askOnce({ ...call, limit: LIMIT_MS, signal });
  } catch (error) {
    if (isDevregError(error)) return undefined;
    throw error;
  }
}

function isAllowed(review: unknown): boolean {
  return (review as { status?: { allowed?: boolean } } | undefined)?.status?.allowed === true;
}
