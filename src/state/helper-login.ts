/** What clients told the credential helper otherwise than devreg knows it: other users, and who was logged out. Pure. */
import { DevregError } from '../errors.ts';
import { isObject, parseJson } from '../json-values.ts';

/** Somebody who is not the administrator, or who has a secret of their own. */
export interface HelperLogin {
  readonly user: string;
  readonly secret: string;
}

/** By registry, `host:port`; null: logged out. */
export type HelperLogins = Readonly<Record<string, HelperLogin | null>>;

/**
 * Reads them.
 * @param text undefined when there is no file
 * @param file where the text is from, for the error
 * @throws DevregError LOGINS_DAMAGED
 */
export function parseHelperLogins(text: string | undefined, file: string): HelperLogins {
  const json = text === undefined ? {} : parseJson(text);
  if (isLogins(json)) return json;
  throw new DevregError('failure', 'LOGINS_DAMAGED', `${file} is not what devreg wrote there.`, {
    hint: 'Remove it, and log in again with devreg login.',
  });
}

function isLogins(json: unknown): json is HelperLogins {
  return isObject(json) && Object.values(json).every((login) => login === null || isLogin(login));
}

function isLogin(value: unknown): boolean {
  return isObject(value) && typeof value['user'] === 'string' && typeof value['secret'] === 'string';
}
