/** Refusals of registries in the words of the tool. */
import { DevregError } from '../../errors.ts';
import type { Answer } from './answer.ts';
import { isObject, readBody } from './answer-body.ts';

/** What was asked, and who asked. */
export interface RefusedQuestion {
  readonly address: URL;
  /** As it goes after "refuses": `to push to team/app`, `a token`. */
  readonly what: string;
  /** What the registry had been shown: no credentials, a login, or a token that a login was good for. */
  readonly hasShown: 'nothing' | 'login' | 'token';
}

const BODY_MAX_BYTES = 64 * 1024;
const MESSAGE_MAX_LENGTH = 300;

/** Reads the answer's words, and makes the error. */
export async function registryFailure(answer: Answer, question: RefusedQuestion): Promise<DevregError> {
  const status = answer.statusCode ?? 0;
  const { code, message } = await readError(answer);
  const { address, what, hasShown } = question;
  const words = message === '' ? `status ${status}${code === '' ? '' : `, ${code}`}` : message;
  const sentence = `The registry at ${address.host} refuses ${what}: ${words}.`;
  if (status === 401 && hasShown === 'login') {
    return new DevregError('credentials', 'LOGIN_REFUSED', sentence, {
      hint: 'Check name and password, or log in again; a login that is not valid any more is in the way of anonymous pulls too.',
    });
  }
  if (status === 401 && hasShown === 'nothing') {
    return new DevregError('credentials', 'CREDENTIALS_NEEDED', sentence, {
      hint: 'Log in with devreg login, docker login or podman login, or give --creds USER:PASSWORD.',
    });
  }
  if (status === 401 || status === 403) {
    return new DevregError('credentials', 'ACCESS_DENIED', sentence, { hint: 'Ask an administrator.' });
  }
  if (status === 429) {
    return new DevregError('failure', 'REGISTRY_BUSY', sentence, {
      hint: 'Too many requests: wait, log in for a higher limit, or go on with fewer at the same time.',
    });
  }
  if (status >= 500) {
    return new DevregError('failure', 'REGISTRY_FAILED', `The registry at ${address.origin} failed: ${words}.`, {
      hint: 'Its log says more.',
    });
  }
  return new DevregError('failure', 'REGISTRY_REFUSED', sentence, { hint: 'Its log says more.' });
}

/** The first error of an answer's body. @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
async function readError(answer: Answer): Promise<{ readonly code: string; readonly message: string }> {
  try {
    const value: unknown = JSON.parse((await readBody(answer, BODY_MAX_BYTES, 'refusal')).toString());
    const errors = isObject(value) ? (value['errors'] ?? [value]) : [];
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    const { code, message } = isObject(first) ? first : {};
    return {
      code: typeof code === 'string' ? plain(code) : '',
      message: typeof message === 'string' ? plain(message) : '',
    };
  } catch {
    // Proxies answer with pages, and some close in the middle of them: the status says enough.
    return { code: '', message: '' };
  }
}

/** What strangers wrote goes to a terminal: one line, no control characters. */
function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .slice(0, MESSAGE_MAX_LENGTH)
    .trim()
    .replace(/\.$/, '');
}
