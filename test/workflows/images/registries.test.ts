/** How registries are opened: what is said by flags, by a list, and by devreg's own records. */
import { describe, expect, it } from 'vitest';
import type { CredentialSources } from '../../../src/client/registry/credentials.ts';
import { type RegistryOptions, openRegistry } from '../../../src/client/registry/registry-client.ts';
import type { ListedRegistry } from '../../../src/imagelists/image-list.ts';
import type { OwnRegistries } from '../../../src/workflows/images/own-registries.ts';
import { type RegistryAccess, openRegistries } from '../../../src/workflows/images/registries.ts';
import { RECORD } from '../../state/sample-record.ts';
import { createScriptedRunner } from '../../support/fakes/scripted-runner.ts';

const NOTHING: RegistryAccess = { tls: undefined, credentials: undefined, authfile: undefined, certDir: undefined };
const NO_REGISTRY: OwnRegistries = {
  authority: 'the own one',
  find: () => undefined,
  chosen: () => {
    throw new Error('there is none');
  },
  chosenHost: () => '',
};

/** Opens one registry, and tells how. */
async function open(
  side: 'source' | 'target',
  access: Partial<Record<'source' | 'target', Partial<RegistryAccess>>>,
  listed: Readonly<Record<string, ListedRegistry>> = {},
  own: OwnRegistries['find'] = () => undefined,
) {
  const opened: RegistryOptions[] = [];
  const looked: CredentialSources[] = [];
  await using registries = openRegistries({
    access: { source: { ...NOTHING, ...access.source }, target: { ...NOTHING, ...access.target } },
    own: { ...NO_REGISTRY, find: own },
    listed: new Map(Object.entries(listed)),
    retries: undefined,
    sources: { env: {}, home: '/nonexistent', runner: createScriptedRunner([]) },
    createClient: (options) => {
      opened.push(options);
      return openRegistry(options);
    },
    createLookup: (sources) => {
      looked.push(sources);
      return async () => undefined;
    },
  });
  await Promise.all([registries.open('host', side), registries.open('host', side)]);
  return { options: opened[0], sources: looked[0], count: opened.length };
}

const login = { user: 'list', password: 'p' };

describe('what is said of TLS', () => {
  it.each([
    [{}, undefined, 'verify'],
    [{ tls: 'skip' }, undefined, 'skip'],
    [{}, 'off', 'plain'],
    [{}, 'insecure', 'skip'],
    [{ tls: 'verify' }, 'off', 'verify'],
  ] as const)('flags %j and list %s: %s', async (source, tls, expected) => {
    const { options } = await open('source', { source }, { host: { login: undefined, tls } });
    expect(options?.tls).toBe(expected);
  });

  it.each([
    [{}, 'auto', 'always'],
    [{ tls: 'verify' }, 'auto', 'always'],
    [{ tls: 'skip' }, 'auto', 'skip'],
    [{}, 'off', 'plain'],
    [{ tls: 'verify' }, 'off', 'verify'],
  ] as const)('flags %j for a registry of ours with TLS %s: %s', async (source, tls, expected) => {
    const record = { ...RECORD, settings: { ...RECORD.settings, tls } };
    const own = () => ({ record, names: ['host'], login: undefined });
    expect((await open('source', { source }, {}, own)).options?.tls).toBe(expected);
  });

  it('of one side is not meant for the other', async () => {
    expect((await open('target', { source: { tls: 'skip' } })).options?.tls).toBe('verify');
  });
});

it('the authority of the user is believed for every registry', async () => {
  expect((await open('source', {})).options?.authorities).toContain('the own one');
});

describe('who logs in', () => {
  it.each([
    [{}, undefined],
    [{ credentials: 'none' }, 'none'],
    [
      { credentials: { kind: 'password', user: 'flag', password: 'p' } },
      { kind: 'password', user: 'flag', password: 'p' },
    ],
  ] as const)('by flags: %j', async (source, expected) => {
    expect((await open('source', { source })).sources?.flags).toEqual(expected);
  });

  it('by a list, unless flags say it', async () => {
    const listed = { host: { login, tls: undefined } };
    expect((await open('source', {}, listed)).sources?.flags).toEqual({ kind: 'password', ...login });
    expect((await open('source', { source: { credentials: 'none' } }, listed)).sources?.flags).toBe('none');
  });
});

it('each is opened once', async () => {
  expect((await open('source', {})).count).toBe(1);
});
