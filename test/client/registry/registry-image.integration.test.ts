/** Registries are places for images: devreg's own, held to what every place does. */
import { describe } from 'vitest';
import { openRegistry } from '../../../src/client/registry/registry-client.ts';
import { openRegistryImage } from '../../../src/client/registry/registry-image.ts';
import { parseReference } from '../../../src/oci/reference.ts';
import { addUser } from '../../support/accounts.ts';
import { type PlaceUnderTest, imagePlaceContract } from '../../support/contracts/image-place-contract.ts';
import { startRegistry } from '../../support/registry-server.ts';

async function openPlace(): Promise<PlaceUnderTest> {
  await using opened = new AsyncDisposableStack();
  const users: { readonly password: string }[] = [];
  const registry = opened.use(
    await startRegistry({
      accounts: async (metadata) => users.push(await addUser(metadata, 'admin', { isAdmin: true })),
    }),
  );
  const client = opened.use(
    openRegistry({
      host: registry.host,
      tls: 'plain',
      credentials: async () => ({ kind: 'password', user: 'admin', password: users[0]?.password ?? '' }),
    }),
  );
  const reference = parseReference(`${registry.host}/team/app:1`);
  if (reference === undefined) throw new Error('That is no reference.');
  const moved = opened.move();
  return {
    openTarget: async () => openRegistryImage(client, reference),
    openSource: async () => openRegistryImage(client, reference),
    [Symbol.asyncDispose]: () => moved[Symbol.asyncDispose](),
  };
}

describe('devreg', () => imagePlaceContract(openPlace));
