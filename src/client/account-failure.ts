/** Refusals of the account API in the words of the tool. */
import { DevregError } from '../errors.ts';
import type { Answer, Connection } from './connection.ts';

/** What a refused question becomes. */
export function accountFailure({ status, body, retryAfter }: Answer, { address, user }: Connection): DevregError {
  const { code, message } = errorIn(body);
  const sentence = toSentence(message);
  switch (code) {
    case 'UNAUTHORIZED':
      return new DevregError(
        'credentials',
        'LOGIN_REFUSED',
        `The registry at ${address.origin} refuses ${user}: ${message}.`,
        {
          hint: 'Check name and password; devreg create gives its administrator the password that devreg knows.',
        },
      );
    case 'DENIED':
      return new DevregError('credentials', 'ACCESS_DENIED', sentence, { hint: 'Ask an administrator.' });
    case 'TOOMANYREQUESTS':
      return new DevregError('credentials', 'LOGINS_SLOWED', sentence, {
        hint: `Try again in ${retryAfter ?? 'some'} seconds, with the right password.`,
      });
    case 'VALUE_INVALID':
      return new DevregError('usage', 'VALUE_REFUSED', sentence);
    case 'USER_UNKNOWN':
      return new DevregError('not-found', 'USER_NOT_FOUND', sentence, { hint: 'See devreg user list.' });
    case 'TOKEN_UNKNOWN':
      return new DevregError('not-found', 'TOKEN_NOT_FOUND', sentence, { hint: 'See devreg token list.' });
    case 'PERMISSION_UNKNOWN':
      return new DevregError('not-found', 'PERMISSION_NOT_FOUND', sentence, { hint: 'See devreg permission list.' });
    case 'POLICY_UNKNOWN':
      return new DevregError('not-found', 'POLICY_NOT_FOUND', sentence, { hint: 'See devreg policy list.' });
    case 'USER_EXISTS':
      return new DevregError('conflict', 'USER_EXISTS', sentence, {
        hint: 'Choose another name, or change the password with devreg user passwd.',
      });
    case 'TOKEN_EXISTS':
      return new DevregError('conflict', 'TOKEN_EXISTS', sentence, {
        hint: 'Choose another name, or revoke that one.',
      });
    case 'ADMINISTRATOR_NEEDED':
      return new DevregError('conflict', 'ADMINISTRATOR_NEEDED', sentence);
    default:
      return otherFailure(status, code, sentence, address);
  }
}

function otherFailure(status: number, code: string, sentence: string, address: URL): DevregError {
  if (code === '' || status === 404) {
    return new DevregError('failure', 'ACCOUNTS_MISSING', `There are no accounts to manage at ${address.origin}.`, {
      hint: 'Another program answers there, or a registry of another version.',
    });
  }
  return new DevregError('failure', 'REGISTRY_FAILED', `The registry at ${address.origin} failed: ${sentence}`, {
    hint: 'Its log says more: devreg logs.',
  });
}

function errorIn(body: unknown): { readonly code: string; readonly message: string } {
  const errors = isObject(body) ? body['errors'] : undefined;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const { code, message } = isObject(first) ? first : {};
  return { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function toSentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
}
