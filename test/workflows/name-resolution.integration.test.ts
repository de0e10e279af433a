/** Whether names lead here, by a hosts file and by DNS. */
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostsFileOf, resolvesHere } from '../../src/workflows/name-resolution.ts';

const never = new AbortController().signal;
const HOSTS = `# comment registry.commented
127.0.0.1 localhost Registry.localtest.me # and more
::1\tsix.localtest.me
192.168.1.10 far.localtest.me
127.0.0.1 both.localtest.me
10.0.0.1 both.localtest.me
`;

it.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['192.168.1.10', false],
  ['registry.localtest.me', true],
  ['six.localtest.me', true],
  ['far.localtest.me', false],
  ['both.localtest.me', false],
])('%s: %s', async (host, isHere) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-hosts-'));
  await writeFile(join(folder.path, 'hosts'), HOSTS);
  expect(await resolvesHere(host, never, join(folder.path, 'hosts'))).toBe(isHere);
});

it('is soon sure about a name that nobody knows', async () => {
  const started = performance.now();
  expect(await resolvesHere('registry.commented.invalid', never, join(tmpdir(), 'no-such-hosts'))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1_000);
});

it('knows where systems keep their names', () => {
  expect(hostsFileOf('linux')).toBe('/etc/hosts');
  expect(hostsFileOf('win32')).toMatch(/drivers\\etc\\hosts$/);
});
