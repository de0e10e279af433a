import { describe, expect, it } from 'vitest';
import { repairsOf } from '../../src/doctor/repairs.ts';
import { judgeSelfTest } from '../../src/doctor/self-test.ts';

const REPORT = { digest: `sha256:${'a'.repeat(64)}`, left: [], duration: 2_345 };
const PUSHED = { step: 'push', what: 'push', failure: undefined } as const;

describe('the way of an image', () => {
  it('to its end', () => {
    const [finding] = judgeSelfTest({ ...REPORT, steps: [PUSHED, { ...PUSHED, step: 'digest', what: 'same' }] }, 'dev');
    expect(finding).toMatchObject({
      state: 'ok',
      message: 'push: sha256:aaaaaaaaaaaa… everywhere, in 2.3 s; removed again.',
    });
  });

  it.each([
    ['push', 'SELF_TEST_PUSH', 'devreg logs registry --name dev'],
    ['pull', 'SELF_TEST_PULL', 'devreg logs registry --name dev'],
    ['digest', 'SELF_TEST_DIGEST', 'devreg logs registry --name dev'],
    ['node-pull', 'SELF_TEST_NODE_PULL', 'devreg create --name dev'],
    ['pod', 'SELF_TEST_POD', 'devreg create --name dev'],
  ] as const)('that ends at %s', (step, code, fix) => {
    const steps = [PUSHED, { step, what: 'it', failure: 'no luck' }];
    expect(judgeSelfTest({ ...REPORT, steps }, 'dev')).toEqual([
      { check: 'self-test', state: 'problem', code, message: 'it failed: no luck.', fix },
    ]);
  });

  it('that left something', () => {
    const found = judgeSelfTest({ ...REPORT, steps: [PUSHED], left: ['the pod (no)'] }, 'dev');
    expect(found.map(({ state }) => state)).toEqual(['ok', 'warning']);
  });
});

it('knows what devreg may mend, and nothing twice', () => {
  const finding = { check: 'a', message: 'b' } as const;
  const found = [
    { ...finding, state: 'problem', code: 'NODE_TRUST_MISSING' },
    { ...finding, state: 'problem', code: 'WORKLOAD_DOWN' },
    { ...finding, state: 'warning', code: 'LOGIN_STALE' },
    { ...finding, state: 'problem', code: 'DISK_LOW' },
    { ...finding, state: 'ok' },
  ] as const;
  expect([...repairsOf(found)]).toEqual(['reconcile', 'login']);
});
