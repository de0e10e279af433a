/** Machines and a CA for tests of trust. */
import type { Authority, TrustHost } from '../../src/trust/target.ts';

export const AUTHORITY: Authority = {
  certificate: '-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n',
  file: '/home/you/.local/share/devreg/ca/ca.crt',
  sha1: 'aa'.repeat(20),
  sha256: '0123456789abcdef'.repeat(4),
};

export const LINUX: TrustHost = {
  platform: 'linux',
  root: '/',
  home: '/home/you',
  configHome: '/home/you/.config',
  dockerConfig: '/home/you/.docker',
  programData: 'C:\\ProgramData',
  isRoot: false,
  family: 'debian',
  nssDatabases: ['/home/you/.pki/nssdb', '/home/you/.mozilla/firefox/a.default'],
};

export const MAC: TrustHost = {
  ...LINUX,
  platform: 'darwin',
  home: '/Users/you',
  dockerConfig: '/Users/you/.docker',
  family: undefined,
};

export const WINDOWS: TrustHost = {
  ...LINUX,
  platform: 'win32',
  home: 'C:\\Users\\you',
  dockerConfig: 'C:\\Users\\you\\.docker',
  family: undefined,
};
