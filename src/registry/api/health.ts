/** The endpoints for those who watch over the server. */
import type { Readiness } from '../core/readiness.ts';
import { RegistryError } from '../core/registry-error.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { jsonReply } from '../http/reply.ts';

const NOT_STORED = { 'cache-control': 'no-store' };

/** The process answers; what it stands on is not asked, since to start it again would not mend that. */
export const live: Endpoint = {
  needs: 'none',
  isUnseen: true,
  answer: () => Promise.resolve(jsonReply(200, { status: 'ok' }, NOT_STORED)),
};

/** The metadata answer. @param ask reads something from where they are stored; rejects when they do not answer */
export function health(ask: () => Promise<unknown>): Endpoint {
  return {
    needs: 'none',
    async answer() {
      await ask();
      return jsonReply(200, { status: 'ok' }, NOT_STORED);
    },
  };
}

/** What it stands on takes writes; else the reply says what does not, and why. @param check never rejects */
export function ready(check: () => Promise<Readiness>): Endpoint {
  return {
    needs: 'none',
    isUnseen: true,
    async answer() {
      const problems = await check();
      if (Object.keys(problems).length === 0) return jsonReply(200, { status: 'ok' }, NOT_STORED);
      const words = Object.entries(problems).map(([name, reason]) => `${name}: ${reason}`);
      throw new RegistryError('storage-unavailable', `Not ready: ${words.join(', ')}.`, { detail: problems });
    },
  };
}
