/** A registry whose administrator gets another name. */
import { expect, it } from 'vitest';
import { basic } from './support/image.ts';
import { ANY_PORTS, create, secretOf, urlOf } from './support/registry.ts';
import { makeWorld } from './support/world.ts';

it('has no administrator of the old name, whose password nobody is shown any more', async () => {
  await using world = await makeWorld();
  const answer = await create(world, ...ANY_PORTS, '--user', 'first');
  const old = await secretOf(world);
  const status = async (authorization: string) =>
    (await fetch(`${urlOf(answer)}/v2/team/app/blobs/uploads/`, { method: 'POST', headers: { authorization } })).status;
  expect(await status(basic('first', old.password))).toBe(202);
  const { stderr } = await world.succeed(['create', '--user', 'second', '--rotate-password']);
  expect(stderr).toContain('second is the administrator now; there is no user first any more.');
  const fresh = await secretOf(world);
  expect(await status(basic('second', fresh.password))).toBe(202);
  for (const secret of [old.password, old.token]) expect(await status(basic('first', secret))).toBe(401);
});

it('has the same one when only the case of the name is another', async () => {
  await using world = await makeWorld();
  const answer = await create(world, ...ANY_PORTS, '--user', 'Somebody');
  const { stderr } = await world.succeed(['create', '--user', 'somebody']);
  expect(stderr).not.toContain('any more');
  const { password } = await secretOf(world);
  const headers = { authorization: basic('SOMEBODY', password) };
  expect((await fetch(`${urlOf(answer)}/v2/team/app/blobs/uploads/`, { method: 'POST', headers })).status).toBe(202);
});
