import { describe, expect, it } from 'vitest';
import { readEngineWish } from '../../src/config/engine-wish.ts';

describe('the engine that is wished for (S2-20)', () => {
  it.each([
    ['what devreg is told', 'docker', 'podman', 'docker'],
    ['what kind is told where devreg is told nothing', undefined, 'podman', 'podman'],
    ['what kind is told, blanks apart', undefined, ' docker ', 'docker'],
    ['whichever answers where nobody says', undefined, undefined, undefined],
    ['whichever answers where kind’s variable is empty', undefined, '', undefined],
    ['whichever answers where that is said, whatever kind is told', 'auto', 'nerdctl', undefined],
  ] as const)('is %s', (_, told, variable, wish) => {
    expect(readEngineWish(told, { KIND_EXPERIMENTAL_PROVIDER: variable })).toBe(wish);
  });

  it('is refused when devreg does not work with it', () => {
    expect(() => readEngineWish(undefined, { KIND_EXPERIMENTAL_PROVIDER: 'nerdctl' })).toThrow(
      expect.objectContaining({
        kind: 'prerequisite',
        code: 'ENGINE_UNSUPPORTED',
        message: expect.stringContaining('"nerdctl"'),
      }),
    );
  });
});
