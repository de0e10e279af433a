/** A clock that jumps by days, ahead and back: nothing live is removed, and nobody is locked out. */
import { describe, expect, it } from 'vitest';
import { addUser, makePrivate, newPassword, type TestUser } from '../support/accounts.ts';
import { blob, pushBlob, pushImage } from '../support/images.ts';
import { type MemoryRegistry, type RegistryOptions, startRegistry } from '../support/registry-server.ts';
import { converse } from '../support/wire-table.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const layer = blob('layer');
const loose = blob('told of, and in no manifest');

/** A clock that a test sets. */
function newClock() {
  let ahead = 0;
  return { now: () => new Date(Date.now() + ahead), jump: (milliseconds: number) => void (ahead += milliseconds) };
}

/** Waits until a collection has begun and ended. */
async function nextCollection({ log }: MemoryRegistry): Promise<void> {
  const count = (event: string) => log.filter((line) => line.event === event).length;
  const [begun, ended] = [count('gc.started'), count('gc.finished')];
  await expect.poll(() => count('gc.finished') > ended && count('gc.started') > begun, { timeout: 20_000 }).toBe(true);
  const last = count('gc.started');
  await expect.poll(() => count('gc.finished') >= last, { timeout: 20_000 }).toBe(true);
}

describe('garbage', () => {
  it.each([
    ['two days ahead and back', [2 * DAY, -2 * DAY]],
    ['two days back and ahead', [-2 * DAY, 2 * DAY]],
    ['years ahead', [3_650 * DAY]],
  ])('is not what is live, when the clock jumps %s', async (_, jumps) => {
    const clock = newClock();
    await using registry = await startRegistry({ clock, gcInterval: 10 });
    await pushImage(registry, 'a', { as: 'x', layers: [layer] });
    await pushBlob(registry, 'a', loose);
    const begun = await registry.send({ method: 'POST', path: '/v2/a/blobs/uploads/' });
    const session = begun.headers.location ?? '';
    for (const jump of jumps) {
      clock.jump(jump);
      await nextCollection(registry);
      await nextCollection(registry);
    }
    await converse(registry, [
      { ask: `HEAD /v2/a/blobs/${loose.digest}`, status: 200 },
      { ask: `GET /v2/a/blobs/${layer.digest}`, status: 200, is: 'layer' },
      { ask: 'GET /v2/a/manifests/x', status: 200 },
      { ask: `PATCH ${session}`, body: 'goes on', status: 202 },
    ]);
  });
});

describe('a user', () => {
  let user: TestUser;
  const start = (options: RegistryOptions) =>
    startRegistry({
      ...options,
      async accounts(metadata) {
        await makePrivate(metadata);
        user = await addUser(metadata, 'user', { grants: [{ pattern: '**', actions: ['pull', 'push'] }] });
      },
    });
  const START = 'POST /v2/a/blobs/uploads/';
  const TOKEN = '/v2/token?service=devreg&scope=repository:a:pull,push';
  const tokenOf = async (registry: MemoryRegistry) => {
    const reply = await registry.send({ method: 'GET', path: TOKEN, headers: { authorization: user.basic } });
    return { authorization: `Bearer ${(JSON.parse(reply.text) as { token: string }).token}` };
  };

  it.each([2 * DAY, -2 * DAY])('gets another token after a jump by %i ms, and after the jump back', async (jump) => {
    const clock = newClock();
    await using registry = await start({ clock });
    const before = await tokenOf(registry);
    clock.jump(jump);
    const meanwhile = await tokenOf(registry);
    await converse(registry, [
      { ask: START, headers: before, status: 401 },
      { ask: START, headers: meanwhile, status: 202 },
      { ask: START, headers: { authorization: user.basic }, status: 202 },
    ]);
    clock.jump(-jump);
    await converse(registry, [
      { ask: START, headers: meanwhile, status: 401 },
      { ask: START, headers: await tokenOf(registry), status: 202 },
      { ask: START, headers: { authorization: user.basic }, status: 202 },
    ]);
  });

  it('is not kept waiting by guesses of a time that never was', async () => {
    const clock = newClock();
    await using registry = await start({ clock });
    clock.jump(2 * DAY);
    const guess = () => {
      const authorization = `Basic ${Buffer.from(`user:${newPassword()}`).toString('base64')}`;
      return registry.send({ method: 'GET', path: '/v2/', headers: { authorization } });
    };
    const statuses: number[] = [];
    for (let count = 0; count < 21; count++) statuses.push((await guess()).status);
    expect(statuses.at(-1)).toBe(429);
    clock.jump(-2 * DAY);
    await guess();
    clock.jump(MINUTE);
    await converse(registry, [{ ask: START, headers: { authorization: user.basic }, status: 202 }]);
  });
});
