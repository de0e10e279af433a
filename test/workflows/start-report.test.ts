/** What a registry tells the one who started it. */
import { expect, it } from 'vitest';
import { DevregError } from '../../src/errors.ts';
import { PortInUseError } from '../../src/provider/provider.ts';
import { type Parent, reportFailure, reportReady } from '../../src/workflows/start-report.ts';

function makeParent(reply: unknown): Parent & { readonly heard: unknown[] } {
  const heard: unknown[] = [];
  return {
    heard,
    send: async (message) => void heard.push(message),
    listen: async () => reply,
    hangUp: () => void heard.push('hung up'),
  };
}

it('says that it is ready, and hangs up when it is let go', async () => {
  const parent = makeParent('keep');
  await reportReady(parent, [1, 2]);
  expect(parent.heard).toEqual([{ type: 'ready', ports: [1, 2] }, 'hung up']);
});

it.each([undefined, 'something else'])('does not outlive a parent that answers %j', async (reply) => {
  await expect(reportReady(makeParent(reply), [1])).rejects.toMatchObject({ kind: 'interrupted', code: 'INTERRUPTED' });
});

it('says why it fails, and which port is taken', async () => {
  const parent = makeParent(undefined);
  await reportFailure(parent, new PortInUseError(5000, 'Taken.', 'Choose.'));
  await reportFailure(parent, new DevregError('usage', 'CODE', 'No.'));
  expect(parent.heard).toEqual([
    { type: 'failed', kind: 'conflict', code: 'PORT_IN_USE', message: 'Taken.', hint: 'Choose.', port: 5000 },
    { type: 'failed', kind: 'usage', code: 'CODE', message: 'No.', hint: undefined, port: undefined },
  ]);
});
