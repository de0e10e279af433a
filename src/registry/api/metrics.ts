/** The endpoint of the numbers that Prometheus collects. */
import { RegistryError } from '../core/registry-error.ts';
import type { Endpoint } from '../http/endpoint.ts';

/** The numbers as text, and what the text is called on the wire. */
export interface MetricsSource {
  readonly contentType: string;
  readonly write: () => Promise<string>;
}

/**
 * GET of `/metrics`. The numbers name no repository and no user, but tell how much goes on in all of them: they are for
 * whoever may pull everything, which is everybody where reading needs no login.
 */
export function readMetrics({ contentType, write }: MetricsSource): Endpoint {
  return {
    needs: 'none',
    async answer({ access, principal }) {
      if (!access.pullsEverything(principal)) throw refusal(principal.user?.name);
      return {
        status: 200,
        headers: { 'content-type': contentType, 'cache-control': 'no-store' },
        body: await write(),
      };
    },
  };
}

function refusal(user: string | undefined): RegistryError {
  if (user === undefined)
    return new RegistryError('credentials-needed', 'authentication required: log in to read metrics.');
  return new RegistryError('denied', `access denied: metrics are for who may pull everything, and ${user} may not.`);
}
