/** The names in certificates. */
import { expect, it } from 'vitest';
import { addressNames, certificateNames } from '../../src/workflows/server-certificate.ts';

const LOCAL = ['localhost', '127.0.0.1', '::1', 'registry.devreg.svc.cluster.local'];

it.each([
  ['registry.localtest.me', ['registry.localtest.me', '*.localtest.me', ...LOCAL]],
  ['a.b.localtest.me', ['a.b.localtest.me', '*.b.localtest.me', ...LOCAL]],
  ['localtest.me', ['localtest.me', ...LOCAL]],
  ['registry.localhost', ['registry.localhost', ...LOCAL]],
  ['localhost', LOCAL],
  ['192.168.1.10', ['192.168.1.10', ...LOCAL]],
  ['registry.corp.example', ['registry.corp.example', ...LOCAL]],
])('%s is known as %j', (host, names) => {
  expect(certificateNames(host)).toEqual(names);
});

it('has the addresses it is served at, as far as the authority may vouch for them', () => {
  expect(addressNames(['0.0.0.0', '::', '192.168.1.10', '8.8.8.8', 'localhost'], ['server.localtest.me'])).toEqual([
    ...LOCAL,
    '192.168.1.10',
    'server.localtest.me',
  ]);
});
