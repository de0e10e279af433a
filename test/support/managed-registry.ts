/** A registry with an administrator, and requests to its account API. */
import { type TestUser, addUser, makePrivate } from './accounts.ts';
import { type MemoryRegistry, type RegistryOptions, startRegistry } from './registry-server.ts';
import type { WireReply, WireRequest } from './wire.ts';

/** The API's root. */
const API = '/api/devreg/v1';

/** A request to the API: a method and a path below the root, by somebody, with a value as JSON. */
export type AskApi = (
  ask: string,
  authorization: string | undefined,
  value?: unknown,
  more?: NonNullable<WireRequest['headers']>,
) => Promise<WireReply & { readonly json: unknown }>;

/** The registry; nobody may anything in it but the administrator. */
export interface ManagedRegistry extends AsyncDisposable {
  readonly registry: MemoryRegistry;
  readonly admin: TestUser;
  readonly api: AskApi;
}

/** Starts it. */
export async function startManagedRegistry(options: RegistryOptions = {}): Promise<ManagedRegistry> {
  const admins: TestUser[] = [];
  const registry = await startRegistry({
    ...options,
    async accounts(metadata) {
      await makePrivate(metadata);
      admins.push(await addUser(metadata, 'Root', { isAdmin: true }));
    },
  });
  const [admin] = admins;
  if (admin === undefined) throw new Error('The administrator was not added.');
  return { registry, admin, api: apiOf(registry), [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
}

/** Requests to the API of a registry. */
export function apiOf({ send }: Pick<MemoryRegistry, 'send'>): AskApi {
  return async (ask, authorization, value, more = {}) => {
    const [method = '', path = ''] = ask.split(' ');
    const reply = await send({
      method,
      path: `${API}/${path}`,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(value === undefined ? {} : { 'content-type': 'application/json' }),
        ...more,
      },
      ...(value === undefined ? {} : { body: typeof value === 'string' ? value : JSON.stringify(value) }),
    });
    return { ...reply, json: reply.text === '' ? undefined : JSON.parse(reply.text) };
  };
}
