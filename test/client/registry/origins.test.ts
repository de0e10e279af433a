/** Where clients may be led. */
import { expect, it } from 'vitest';
import { strayReason } from '../../../src/client/registry/origins.ts';

it.each([
  ['https://registry.example', 'https://auth.example/token', true],
  ['https://registry.example', 'https://storage.example/x?y', true],
  ['https://registry.example', 'http://registry.example/', false],
  ['https://registry.example', 'http://storage.example/', false],
  ['http://registry.example', 'https://storage.example/', true],
  ['http://localhost:5001', 'http://127.0.0.1:9000/', true],
  ['https://registry.example', 'https://localhost/', false],
  ['https://registry.example', 'https://127.0.0.1:8443/', false],
  ['https://registry.example', 'https://2130706433/', false],
  ['https://registry.example', 'https://[::1]/', false],
  ['https://registry.example', 'https://[::ffff:127.0.0.1]/', false],
  ['https://registry.example', 'https://0.0.0.0/', false],
  ['http://registry.example', 'http://169.254.169.254/latest/meta-data', false],
  ['http://registry.example', 'http://[fe80::1]/', false],
  ['http://localhost:1', 'http://169.254.169.254/', false],
  ['http://registry.example', 'file:///etc/passwd', false],
  ['http://registry.example', 'data:text/plain,x', false],
  ['http://registry.example', 'http://user:secret@elsewhere.example/', false],
])('from %s to %s: %s', (from, to, may) => {
  expect(strayReason(new URL(from), new URL(to)) === undefined).toBe(may);
});
