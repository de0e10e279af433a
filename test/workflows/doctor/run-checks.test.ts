import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/doctor/finding.ts';
import { DevregError } from '../../../src/errors.ts';
import { type Check, runChecks } from '../../../src/workflows/doctor/run-checks.ts';

const never = new Promise<never>(() => {});

function check(name: string, run: Check['run'], limit = 10_000): Check {
  return { name, limit, run };
}

describe('checks', () => {
  it('are told in their order, however long each takes', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow = check('slow', async () => {
      await promise;
      return [ok('slow', 'done')];
    });
    const quick = check('quick', async () => {
      resolve();
      return [ok('quick', '1'), ok('quick', '2')];
    });
    const found = await runChecks([slow, quick], new AbortController().signal);
    expect(found.map((finding) => finding.check)).toEqual(['slow', 'quick', 'quick']);
  });

  it('that fail are findings, and the others go on', async () => {
    const found = await runChecks(
      [
        check('known', async () => {
          throw new DevregError('failure', 'DISK_FULL', 'No room.', { hint: 'Make some.' });
        }),
        check('unknown', async () => {
          throw new TypeError('x is not a function');
        }),
        check('fine', async () => [ok('fine', 'yes')]),
      ],
      new AbortController().signal,
    );
    expect(found).toEqual([
      { check: 'known', state: 'problem', code: 'DISK_FULL', message: 'No room.', fix: 'Make some.' },
      {
        check: 'unknown',
        state: 'problem',
        code: 'CHECK_FAILED',
        message: 'This could not be looked at: x is not a function.',
      },
      { check: 'fine', state: 'ok', message: 'yes' },
    ]);
  });

  it('that hang are given up, even if they do not heed the signal', async () => {
    const heeding = check(
      'heeding',
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      20,
    );
    const found = await runChecks([check('deaf', () => never, 20), heeding], new AbortController().signal);
    expect(found.map(({ check: name, code }) => `${name} ${code}`)).toEqual([
      'deaf CHECK_TIMEOUT',
      'heeding CHECK_TIMEOUT',
    ]);
  });

  it('end all when the user wants it', async () => {
    const controller = new AbortController();
    const running = runChecks([check('deaf', () => never)], controller.signal);
    const reason = new DevregError('interrupted', 'INTERRUPTED', 'Interrupted.');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});
