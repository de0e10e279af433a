/** A registry under attack: what it holds is compared before and after each test. */
import { type TestUser, addUser, makePrivate } from './accounts.ts';
import { blob, pushImage } from './images.ts';
import { type MemoryRegistry, startRegistry } from './registry-server.ts';
import { converse } from './wire-table.ts';

/** A registry with something to lose, and people with different rights. */
export interface GuardedRegistry extends AsyncDisposable {
  readonly registry: MemoryRegistry;
  /** Headers of the administrator. */
  readonly admin: { readonly authorization: string };
  /** Headers of a user who may do everything below `team/`, and nothing elsewhere. */
  readonly user: { readonly authorization: string };
  readonly userPassword: string;
}

/** A layer of `team/app`. */
export const LAYER = blob('layer');

/** A layer of `secret/app`, which the administrator alone may read. */
export const SECRET = blob('secret');

/** Starts it. Both repositories have the tag `x`; an upload to the secret one is under way. */
export async function startGuardedRegistry(): Promise<GuardedRegistry> {
  const users: TestUser[] = [];
  const registry = await startRegistry({
    async accounts(metadata) {
      await makePrivate(metadata);
      await metadata.addPermission({ grantee: 'anonymous', pattern: 'public/**', actions: ['pull'] });
      users.push(await addUser(metadata, 'admin', { isAdmin: true }));
      users.push(
        await addUser(metadata, 'user', { grants: [{ pattern: 'team/**', actions: ['pull', 'push', 'delete'] }] }),
      );
    },
  });
  const [admin, user] = users.map(({ basic }) => ({ authorization: basic }));
  if (admin === undefined || user === undefined) throw new Error('The users were not added.');
  await pushImage(registry, 'team/app', { as: 'x', layers: [LAYER], headers: admin });
  await pushImage(registry, 'secret/app', { as: 'x', layers: [SECRET], headers: admin });
  const upload = [
    { ask: 'POST /v2/secret/app/blobs/uploads/', status: 202 },
    { ask: 'PATCH {location}', body: 'x', status: 202 },
  ];
  await converse(registry, upload, admin);
  const userPassword = users[1]?.password ?? '';
  return { registry, admin, user, userPassword, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
}
