/** The environment of Distribution's registry (S2-01): what is understood, refused and ignored. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/registry/environment.ts';

const nothing = { settings: {}, problems: [], ignored: [] };

describe('the environment', () => {
  it.each([
    [{ REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/data' }, { dataDir: '/data' }],
    [{ REGISTRY_HTTP_ADDR: ':5001' }, { listen: [{ host: '0.0.0.0', port: 5001 }] }],
    [{ REGISTRY_HTTP_ADDR: 'localhost' }, { listen: [{ host: 'localhost', port: 5000 }] }],
    [{ REGISTRY_HTTP_TLS_CERTIFICATE: '/c', REGISTRY_HTTP_TLS_KEY: '/k' }, { tls: { cert: '/c', key: '/k' } }],
    [{ REGISTRY_HTTP_DRAINTIMEOUT: '10s' }, { grace: 10_000 }],
    [{ REGISTRY_HTTP_DRAINTIMEOUT: '2m' }, { grace: 120_000 }],
    [{ REGISTRY_HTTP_DRAINTIMEOUT: '250ms' }, { grace: 250 }],
    [{ REGISTRY_LOG_LEVEL: 'warn' }, { logLevel: 'warn' }],
    [{ REGISTRY_LOG_LEVEL: 'debug' }, { logLevel: 'info' }],
    [{ REGISTRY_STORAGE_DELETE_ENABLED: 'true' }, { allowDelete: true }],
    [{ REGISTRY_STORAGE_DELETE_ENABLED: 'false' }, { allowDelete: false }],
    [{ REGISTRY_VALIDATION_MANIFESTS_INDEXES_PLATFORMS: 'none' }, { allowSparse: true }],
    [{ REGISTRY_VALIDATION_MANIFESTS_INDEXES_PLATFORMS: 'all' }, { allowSparse: false }],
    [{ REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED: 'false' }, {}],
  ])('%j is understood', (environment, settings) => {
    expect(readEnvironment(environment as Record<string, string>)).toEqual({ ...nothing, settings });
  });

  it.each([
    [{ REGISTRY_HTTP_ADDR: 'a b' }],
    [{ REGISTRY_HTTP_TLS_CERTIFICATE: '/c' }],
    [{ REGISTRY_HTTP_TLS_KEY: '/k' }],
    [{ REGISTRY_HTTP_DRAINTIMEOUT: '1m30s' }],
    [{ REGISTRY_HTTP_DRAINTIMEOUT: 'soon' }],
    [{ REGISTRY_LOG_LEVEL: 'loud' }],
    [{ REGISTRY_STORAGE_DELETE_ENABLED: 'yes' }],
    [{ REGISTRY_STORAGE_DELETE_ENABLED: 'constructor' }],
    [{ REGISTRY_VALIDATION_MANIFESTS_INDEXES_PLATFORMS: 'list' }],
    [{ REGISTRY_AUTH: 'htpasswd' }],
    [{ REGISTRY_HTTP_TLS_CLIENTCAS: '["/ca"]' }],
    [{ REGISTRY_HTTP_TLS_LETSENCRYPT_EMAIL: 'a@b.test' }],
    [{ REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED: 'true' }],
    [{ REGISTRY_AUTH_HTPASSWD_PATH: '/auth' }],
    [{ REGISTRY_PROXY_REMOTEURL: 'https://registry-1.docker.io' }],
    [{ REGISTRY_STORAGE_S3_BUCKET: 'b' }],
    [{ REGISTRY_STORAGE_MAINTENANCE_READONLY: '{"enabled":true}' }],
  ])('%j keeps it from starting', (environment) => {
    const [name] = Object.keys(environment);
    const { problems, settings, ignored } = readEnvironment(environment);
    expect(problems).toEqual([expect.stringContaining(name ?? '')]);
    expect([settings, ignored]).toEqual([{}, []]);
  });

  it('may hold more that says nothing to this registry', () => {
    const environment = {
      REGISTRY_LOG_FORMATTER: 'text',
      REGISTRY_HTTP_SECRET: 'x',
      PATH: '/bin',
      REGISTRY_HTTP_ADDR: '',
      REGISTRY_X: undefined,
      // What Kubernetes adds for a service that is called registry.
      REGISTRY_SERVICE_HOST: '10.96.0.1',
      REGISTRY_PORT: 'tcp://10.96.0.1:5000',
      REGISTRY_PORT_5000_TCP_ADDR: '10.96.0.1',
      REGISTRY_AUTH_FILE: '/home/a/auth.json',
    };
    expect(readEnvironment(environment)).toEqual({
      ...nothing,
      ignored: ['REGISTRY_LOG_FORMATTER', 'REGISTRY_HTTP_SECRET'],
    });
  });

  it('is read without a throw, whatever it holds, and each of its variables counts once', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'REGISTRY_HTTP_ADDR',
        'REGISTRY_HTTP_TLS_KEY',
        'REGISTRY_HTTP_DRAINTIMEOUT',
        'REGISTRY_STORAGE_DELETE_ENABLED',
        'REGISTRY___proto__',
        '__proto__',
      ),
      fc.string().map((text) => `REGISTRY_${text}`),
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), (environment) => {
        const { problems, ignored } = readEnvironment(environment);
        const meant = Object.entries(environment).filter(([key, value]) => key.startsWith('REGISTRY_') && value !== '');
        expect(problems.length + ignored.length).toBeLessThanOrEqual(meant.length);
        expect(ignored.every((key) => Object.hasOwn(environment, key))).toBe(true);
      }),
    );
  });
});
