/** The one challenge: clients that are told several run into trouble. */
import type { Origin } from '../http/request.ts';
import { SERVICE } from './bearer-token.ts';

/**
 * A Bearer challenge whose realm is an address the client can reach.
 * @param scope what a token is needed for, if that is known
 * @param isInsufficient whether the client came with credentials that do not include it
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export function bearerChallenge(origin: Origin, scope: string | undefined, isInsufficient: boolean): string {
  const fields = [`realm="${origin.scheme}://${origin.host}/v2/token"`, `service="${SERVICE}"`];
  if (scope !== undefined) fields.push(`scope="${scope}"`);
  if (isInsufficient) fields.push('error="insufficient_scope"');
  return `Bearer ${fields.join(',')}`;
}
