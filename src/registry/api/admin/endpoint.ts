/** What all endpoints of the account API have in common: no browser of another site gets to them, and nothing is kept. */
import type { Managing } from '../../core/managing.ts';
import { RegistryError } from '../../core/registry-error.ts';
import type { Endpoint, EndpointRequest } from '../../http/endpoint.ts';
import type { Reply } from '../../http/reply.ts';

/** Makes an endpoint. Secrets may be in its replies, so none is cached. */
export function accountEndpoint(needs: Managing, answer: (request: EndpointRequest) => Promise<Reply>): Endpoint {
  return {
    needs,
    async answer(request) {
      refuseOtherSites(request);
      const reply = await answer(request);
      return { ...reply, headers: { ...reply.headers, 'cache-control': 'no-store' } };
    },
  };
}

/** There are no cookies, but browsers send Basic credentials they have asked for along with requests of any page. */
function refuseOtherSites({ headers, origin }: EndpointRequest): void {
  const site = headers['sec-fetch-site'];
  const isOther = site !== undefined && site !== 'same-origin' && site !== 'none';
  const from = headers.origin;
  if (isOther || (from !== undefined && from !== `${origin.scheme}://${origin.host}`))
    throw new RegistryError('denied', 'access denied: accounts are not managed from pages of other sites.');
}
