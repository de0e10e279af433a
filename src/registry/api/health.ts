/** The endpoints for those who watch over the server. */
import type { Endpoint } from '../http/endpoint.ts';
import { jsonReply } from '../http/reply.ts';

/** Requests ask the metadata who may do what, this one too: a 200 says that they answer. */
export const health: Endpoint = {
  needs: 'none',
  answer: () => Promise.resolve(jsonReply(200, { status: 'ok' }, { 'cache-control': 'no-store' })),
};

/** The process answers; what it stands on is not asked, since to start it again would not mend that. */
export const live: Endpoint = { ...health, isUnseen: true };
