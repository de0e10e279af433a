/** The throttle of logins: who is slowed down, for how long, and who is not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoginThrottle, networkOf } from '../../../src/registry/auth/login-throttle.ts';
import { newPassword } from '../../support/accounts.ts';
import { StoppedClock } from '../../support/tokens.ts';

const BURST = 20;

function start() {
  const clock = new StoppedClock();
  const throttle = createLoginThrottle(clock);
  let guesses = 0;
  const guess = (isRight: boolean, name = 'user', client = '192.0.2.1', password = newPassword()) =>
    throttle.attempt({ name, password, client }, async () => (guesses++, isRight));
  const fail = async (times: number, name?: string, client?: string) => {
    for (let time = 0; time < times; time++) await guess(false, name, client);
  };
  return { clock, throttle, guess, fail, guesses: () => guesses };
}

const tooMany = (retryAfter: unknown = expect.any(Number)) => ({ reason: 'too-many-requests', retryAfter });

describe('wrong passwords', () => {
  it('are checked until there are too many; then one is, each ten seconds', async () => {
    const { fail, guess, clock, guesses } = start();
    await fail(BURST);
    await expect(guess(true)).rejects.toMatchObject(tooMany(10));
    expect(guesses()).toBe(BURST);
    clock.advance(9);
    await expect(guess(true)).rejects.toMatchObject(tooMany(1));
    clock.advance(1);
    await fail(1);
    await expect(guess(false)).rejects.toMatchObject(tooMany(10));
    clock.advance(10 * BURST);
    await fail(BURST);
    await expect(guess(false)).rejects.toMatchObject(tooMany(10));
  });

  it('are forgiven when the right one comes', async () => {
    const { fail, guess } = start();
    await fail(BURST - 1);
    expect(await guess(true)).toBe(true);
    await fail(BURST);
    await expect(guess(true)).rejects.toMatchObject(tooMany());
  });

  it('of one address lock nobody out at another, and of one user no other user', async () => {
    const { fail, guess } = start();
    await fail(BURST, 'user');
    await expect(guess(true, 'USER')).rejects.toMatchObject(tooMany());
    expect(await guess(true, 'other')).toBe(true);
    expect(await guess(true, 'user', '192.0.2.2')).toBe(true);
    expect(await guess(true, 'user', '::1')).toBe(true);
  });

  it('for ever other users are slowed down too', async () => {
    const { fail, guess, clock } = start();
    for (let user = 0; user < 100; user++) await fail(1, `user${user}`);
    await expect(guess(false, 'another')).rejects.toMatchObject(tooMany(3));
    expect(await guess(true, 'another', '192.0.2.2')).toBe(true);
    clock.advance(3);
    await fail(1, 'another');
  });

  it('that are the same again are no guesses', async () => {
    const { fail, guess } = start();
    const stale = newPassword();
    for (let time = 0; time < 5 * BURST; time++) expect(await guess(false, 'user', '192.0.2.1', stale)).toBe(false);
    await fail(BURST - 1);
    await expect(guess(true)).rejects.toMatchObject(tooMany());
  });

  it('all at once are not checked all at once', async () => {
    const { throttle } = start();
    let checked = 0;
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
    const attempts = Array.from({ length: 100 }, () =>
      throttle.attempt({ name: 'user', password: newPassword(), client: '192.0.2.1' }, async () => {
        checked++;
        await isOver;
        return false;
      }),
    );
    const settled = Promise.allSettled(attempts);
    // Those that can begin have begun when a task comes that was queued after them.
    await new Promise(setImmediate);
    expect(checked).toBe(BURST);
    end();
    const refused = (await settled).filter(({ status }) => status === 'rejected');
    expect(checked).toBe(BURST);
    expect(refused).toHaveLength(100 - BURST);
  });

  it('are counted as what they were, when checking them failed', async () => {
    const { throttle, guess } = start();
    const login = { name: 'user', password: 'x', client: '192.0.2.1' };
    for (let time = 0; time < 2 * BURST; time++)
      await expect(throttle.attempt(login, () => Promise.reject(new Error('disk')))).rejects.toThrow('disk');
    expect(await guess(true)).toBe(true);
  });
});

it('remembers no more than ten thousand', async () => {
  const { fail, guess } = start();
  await fail(BURST);
  for (let other = 0; other < 10_000; other++) await guess(true, 'user', `198.51.${other >> 8}.${other & 255}`);
  // Forgotten, as the price of bounded memory.
  expect(await guess(true)).toBe(true);
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['', ''],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['2001:db8:1:2:3::', '2001:db8:1:2'],
  ])('%s is of %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('is the same for all of a /64, and another one elsewhere', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        fc.pre(!address.includes('.'));
        expect(networkOf(address).split(':')).toHaveLength(4);
      }),
    );
  });
});
