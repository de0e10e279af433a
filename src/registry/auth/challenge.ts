/** The one challenge: clients that are told several run into trouble. */
import type { Challenged } from '../http/request.ts';
import { SERVICE } from './bearer-token.ts';

/** Accounts are managed by password alone, for which no token is to be had. */
const MANAGING = `Basic realm="${SERVICE}", charset="UTF-8"`;

/**
 * A Bearer challenge whose realm is an address the client can reach. It leads to the same routes as the request did.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export function challenge({ origin, namespace, scope, isInsufficient, isManaging }: Challenged): string {
  if (isManaging) return MANAGING;
  const query = namespace === undefined ? '' : `?ns=${encodeURIComponent(namespace)}`;
  const fields = [`realm="${origin.scheme}://${origin.host}/v2/token${query}"`, `service="${SERVICE}"`];
  if (scope !== undefined) fields.push(`scope="${scope}"`);
  if (isInsufficient) fields.push('error="insufficient_scope"');
  return `Bearer ${fields.join(',')}`;
}
