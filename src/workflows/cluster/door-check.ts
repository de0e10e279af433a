/** Whether a registry answers at its doors on this machine, which is what all the rest is for. */
import { setTimeout as pause } from 'node:timers/promises';
import { DevregError } from '../../errors.ts';
import { type Door, openRequest } from '../door.ts';

/** Long enough not to be a burden, short enough not to be felt. */
const RETRY_MS = 50;

/** A door that takes longer than this to say anything is asked again. */
const ANSWER_MS = 2_000;

/**
 * Resolves once the registry's API answers with these credentials behind the door.
 * @throws DevregError DOOR_CLOSED with the last answer when the signal aborts
 */
export async function awaitDoor(
  door: Door,
  credentials: { readonly user: string; readonly password: string },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const answer = await askDoor(door, credentials);
    if (answer === undefined) return;
    await pause(RETRY_MS, undefined, { signal }).catch((cause: unknown) => {
      throw closed(door, answer, cause);
    });
  }
}

/**
 * Asks once.
 * @param credentials undefined: whether a registry answers at all
 * @returns why it is no registry that answers, or undefined when it is
 */
export async function askDoor(
  door: Door,
  credentials?: { readonly user: string; readonly password: string },
): Promise<string | undefined> {
  const request = openRequest(door, { path: '/v2/', timeout: ANSWER_MS, login: credentials });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  request.once('error', ({ message }) => resolve(message));
  request.once('timeout', () => request.destroy(new Error('no answer')));
  request.once('response', (response) => {
    response.resume();
    const isRegistry = response.headers['docker-distribution-api-version'] === 'registry/2.0';
    const isWelcome = response.statusCode === 200 || (credentials === undefined && response.statusCode === 401);
    resolve(isRegistry && isWelcome ? undefined : `status ${response.statusCode}`);
  });
  request.end();
  return promise;
}

function closed({ host, port }: Door, answer: string, cause: unknown): DevregError {
  return new DevregError('timeout', 'DOOR_CLOSED', `The registry does not answer at ${host}:${port}: ${answer}.`, {
    hint: 'See devreg logs registry and devreg logs ingress.',
    cause,
  });
}
