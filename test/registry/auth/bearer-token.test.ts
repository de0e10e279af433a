/** Bearer tokens: two kinds that are never taken for one another, and their ends. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBearerTokens } from '../../../src/registry/auth/bearer-token.ts';
import { signToken } from '../../../src/registry/auth/json-web-token.ts';
import { StoppedClock, claimsOf } from '../../support/tokens.ts';

const subject = { userId: 7, passwordVersion: 3, accessTokenId: undefined };

const NOTHING = { repositories: [], catalog: false };

function start(key = randomBytes(32)) {
  const clock = new StoppedClock();
  return { clock, key, tokens: createBearerTokens(key, clock) };
}

describe('bearer tokens', () => {
  it('say what they were given', () => {
    const { tokens, clock } = start();
    const actions = fc.uniqueArray(fc.constantFrom('pull' as const, 'push' as const, 'delete' as const));
    const scopes = fc.record({
      repositories: fc.array(fc.record({ pattern: fc.string(), actions })),
      catalog: fc.boolean(),
    });
    const ids = fc.option(fc.nat(), { nil: undefined });
    fc.assert(
      fc.property(ids, fc.nat(), ids, scopes, (userId, passwordVersion, accessTokenId, given) => {
        const grant = { userId, passwordVersion, accessTokenId, scopes: given };
        const { token, seconds } = tokens.issueAccess(grant, undefined);
        expect(seconds).toBe(300);
        expect(tokens.readAccess(token)).toEqual({ ...grant, expiresAt: new Date(clock.now().getTime() + 300_000) });
        expect(tokens.readRefresh(tokens.issueRefresh(grant))).toEqual({ userId, passwordVersion, accessTokenId });
      }),
    );
  });

  it('are of one kind', () => {
    const { tokens } = start();
    expect(tokens.readAccess(tokens.issueRefresh(subject))).toBeUndefined();
    expect(tokens.readRefresh(tokens.issueAccess({ ...subject, scopes: NOTHING }, undefined).token)).toBeUndefined();
  });

  it('end when their time is over, and not after what they rest on', () => {
    const { tokens, clock } = start();
    const grant = { ...subject, scopes: NOTHING };
    const soon = new Date(clock.now().getTime() + 10_999);
    const late = new Date(clock.now().getTime() + 10_000_000);
    const short = tokens.issueAccess(grant, soon);
    const usual = tokens.issueAccess(grant, late);
    const refresh = tokens.issueRefresh(subject);
    expect([short.seconds, usual.seconds]).toEqual([10, 300]);
    const living = () =>
      [tokens.readAccess(short.token), tokens.readAccess(usual.token), tokens.readRefresh(refresh)].map(
        (read) => read !== undefined,
      );
    expect(living()).toEqual([true, true, true]);
    clock.advance(10);
    expect(living()).toEqual([false, true, true]);
    clock.advance(290);
    expect(living()).toEqual([false, false, true]);
    clock.advance(90 * 24 * 3600 - 301);
    expect(living()).toEqual([false, false, true]);
    clock.advance(1);
    expect(living()).toEqual([false, false, false]);
  });

  it('bear clocks that differ by a minute, and no more', () => {
    const { tokens, clock } = start();
    const { token } = tokens.issueAccess({ ...subject, scopes: NOTHING }, undefined);
    clock.advance(-60);
    expect(tokens.readAccess(token)).toBeDefined();
    clock.advance(-1);
    expect(tokens.readAccess(token)).toBeUndefined();
  });

  it('are good for every replica with the key, and for no other registry', () => {
    const one = start();
    const { token } = one.tokens.issueAccess({ ...subject, scopes: NOTHING }, undefined);
    expect(createBearerTokens(one.key, one.clock).readAccess(token)).toBeDefined();
    expect(start().tokens.readAccess(token)).toBeUndefined();
    const claims = claimsOf(token);
    for (const other of [{ iss: 'other' }, { aud: 'other' }, { use: 'other' }]) {
      expect(one.tokens.readAccess(signToken({ ...claims, ...other }, one.key))).toBeUndefined();
    }
  });
});
