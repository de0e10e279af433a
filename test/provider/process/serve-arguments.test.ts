/** How a registry's process is called. */
import { expect, it } from 'vitest';
import { serveArguments, serveEnvironment } from '../../../src/provider/process/serve-arguments.ts';
import type { StartRequest } from '../../../src/provider/provider.ts';
import { RECORD } from '../../state/sample-record.ts';

const REQUEST: StartRequest = {
  settings: RECORD.settings,
  passwordFile: '/state/password',
  tokenFile: '/state/token',
  logFile: '/state/log',
  tls: { cert: '/data/tls.crt', key: '/data/tls.key' },
  timeout: 1,
};

it('names secrets by their files', () => {
  expect(serveArguments(REQUEST).join(' ')).toBe(
    'registry serve --listen 127.0.0.1:8443 --listen 127.0.0.1:5001 --data-dir /data --durability full --user giteaAdmin ' +
      '--password-file /state/password --token-file /state/token --tls-cert /data/tls.crt --tls-key /data/tls.key',
  );
  expect(serveArguments({ ...REQUEST, tls: undefined }).slice(-2)).toEqual(['--tls', 'off']);
});

it('keeps variables away that would say something else', () => {
  const env = { PATH: '/bin', DEVREG_LISTEN: ':1', REGISTRY_HTTP_ADDR: ':2', HOME: '/h', MY_DEVREG_X: '1' };
  expect(serveEnvironment(env)).toEqual({ PATH: '/bin', HOME: '/h', MY_DEVREG_X: '1' });
});
