/** Errors of clients are recognised and explained by how things are here (S1-22 to S1-26, S2-17). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KNOWN_ERRORS, chooseHere, explainError } from '../../src/doctor/explain-error.ts';
import type { Question, RegistryHere } from '../../src/doctor/question.ts';
import { readError } from '../../src/doctor/read-error.ts';
import { ERROR_TEXTS } from './error-texts.ts';

const HERE: RegistryHere = {
  name: 'devreg',
  isCluster: false,
  namespace: 'raibid-system',
  nodePort: undefined,
  names: ['registry.localtest.me:8443', 'localhost:5001'],
  state: 'running',
  hasTls: true,
  loggedIn: [],
  trusting: [],
};

function ask(text: string, here: Partial<RegistryHere> | 'none' = {}, more: Partial<Question> = {}) {
  const reading = readError(text);
  const all = here === 'none' ? [] : [{ ...HERE, ...here }];
  return explainError({
    ...reading,
    all,
    here: chooseHere(reading, all),
    resolves: true,
    holder: undefined,
    ...more,
  });
}

describe('the table of texts', () => {
  it.each(ERROR_TEXTS)('$from: $id in $text', ({ text, id, client, registry, repository, port }) => {
    const reading = readError(text);
    const found = {
      client: reading.client,
      registry: reading.registry,
      repository: reading.repository,
      port: reading.port,
    };
    const wanted = { client, registry, repository, port };
    expect(found).toMatchObject(Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)));
    for (const here of [{}, { state: 'stopped' }, { isCluster: true }, { hasTls: false }, 'none' as const]) {
      const answer = ask(text, here);
      expect(answer).toMatchObject({ id });
      expect(answer?.meaning).toMatch(/^[^a-z].*\.$/);
      expect(answer?.cause).toMatch(/^\S.*[.:]/);
      expect(answer?.commands.length).toBeGreaterThan(0);
      expect(JSON.stringify(answer)).not.toContain('undefined');
    }
  });

  it('has a text for every known error', () => {
    const known = KNOWN_ERRORS.map(({ id }) => id);
    expect(new Set(known).size).toBe(known.length);
    expect([...new Set(ERROR_TEXTS.map(({ id }) => id))].toSorted()).toEqual(known.toSorted());
  });

  it.each(ERROR_TEXTS)('finds $id among other lines and colours', ({ text, id }) => {
    expect(ask(`Using default tag: latest\n\u001b[31m${text}\u001b[0m\n`)).toMatchObject({ id });
  });
});

describe('unknown texts', () => {
  it.each(['', 'hello world', 'Login Succeeded', 'latest: digest: sha256:00 size: 527', 'Status: Image is up to date'])(
    '%j is none',
    (text) => expect(ask(text)).toBeUndefined(),
  );

  it('never break it, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary-ascii', maxLength: 400 }),
        fc.constantFrom(...ERROR_TEXTS),
        (noise, { text }) => {
          ask(noise);
          ask(noise + text + noise);
        },
      ),
    );
  });

  it('take no long time, however long they are', () => {
    const started = performance.now();
    for (const piece of [
      'a.',
      'a-',
      'a/',
      '"',
      'localhost:',
      'x509: ',
      '[registries ',
      ' ',
      '::',
      'push access denied',
      'repository a',
      'pull access denied for a',
    ])
      ask(piece.repeat((64 * 1024) / piece.length));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('the cause', () => {
  const UNTRUSTED =
    'Error response from daemon: Get "https://registry.localtest.me:8443/v2/": x509: certificate signed by unknown authority';

  it('of an authority that the client was not told of is mended by trust', () => {
    expect(ask(UNTRUSTED)).toMatchObject({
      name: 'devreg',
      commands: ['devreg trust docker', 'devreg trust status -o wide'],
    });
  });

  it('is another one when the client has it', () => {
    expect(ask(UNTRUSTED, { trusting: ['docker'] })).toMatchObject({
      cause: expect.stringContaining('docker has the authority of devreg now'),
      commands: ['devreg trust status -o wide', 'devreg status'],
    });
  });

  it('in a cluster sends to the namespace that all of it is in', () => {
    const text = 'Failed to pull image "localhost:5001/raibid-admin/my-app:latest": rpc error';
    expect(ask(text, { isCluster: true })?.commands).toContain('kubectl get pods,services -n raibid-system');
  });

  it('on nodes is mended by create', () => {
    const text = `Failed to pull image "registry.localtest.me:8443/a:1": ${UNTRUSTED}`;
    expect(ask(text, { isCluster: true })?.commands[0]).toBe('devreg create');
  });

  it('of another registry is none that devreg knows', () => {
    const text = UNTRUSTED.replace('registry.localtest.me:8443', 'server01:5000');
    expect(ask(text)).toMatchObject({
      name: null,
      registry: 'server01:5000',
      cause: expect.stringContaining("server01:5000 is none of devreg's"),
      commands: ['devreg trust docker --registry server01:5000 --ca-file CA.crt'],
    });
  });

  it('S1-22: of plain HTTP is mended by insecure-registries, or by looking who answers', () => {
    const text =
      'Error response from daemon: Get "https://localhost:5001/v2/": http: server gave HTTP response to HTTPS client';
    expect(ask(text, { hasTls: false })?.commands).toEqual(['devreg trust docker --insecure']);
    expect(ask(text)?.cause).toContain('another program that answered');
    expect(ask(text.replace('5001', '3000'))?.commands).toEqual([
      'devreg trust docker --insecure --registry localhost:3000',
    ]);
  });

  it('S1-23: of a missing login tells whether there is one', () => {
    const text = 'Get "https://localhost:5001/v2/a/manifests/1": no basic auth credentials';
    expect(ask(text)).toMatchObject({
      cause: expect.stringContaining('docker has no login'),
      commands: ['devreg login'],
    });
    expect(ask(text, { loggedIn: ['docker'] })?.cause).toContain('before the password changed');
  });

  it('S1-26: of a refused connection is the registry that does not run', () => {
    const text = 'dial tcp 127.0.0.1:5001: connect: connection refused';
    expect(ask(text, { state: 'stopped' })).toMatchObject({
      cause: 'The registry devreg does not run: it is stopped.',
    });
    expect(ask(text)?.cause).toContain('localhost is that one');
    expect(ask(text.replace('5001', '30080'))?.cause).toContain('not on port 30080');
    expect(ask(text.replace('5001', '30080'), { isCluster: true, nodePort: 30_080 })).toMatchObject({
      cause: expect.stringContaining('on the nodes of its cluster') as unknown,
      commands: expect.arrayContaining(['kubectl get pods,services -n raibid-system']) as unknown,
    });
    expect(ask(text, 'none')?.cause).toContain('there is none here');
  });

  it('S0-20: of a taken port is who has it', () => {
    const text = 'listen tcp :8443: bind: address already in use';
    expect(ask(text)).toMatchObject({ cause: 'The registry devreg of devreg listens on port 8443.' });
    const holder = 'process 7 (python3 -m http.server)';
    expect(ask(text, { state: 'stopped' }, { holder })?.cause).toContain(holder);
  });

  it('is that of the registry with the name, not of one with the same host', () => {
    const reading = readError(UNTRUSTED);
    const other = { ...HERE, name: 'other', names: ['registry.localtest.me:9443', 'localhost:9001'] };
    expect(chooseHere(reading, [other, HERE])?.name).toBe('devreg');
    expect(chooseHere({ ...reading, registry: 'registry.localtest.me:1' }, [other])?.name).toBe('other');
    expect(chooseHere({ ...reading, registry: 'localhost:1' }, [other])).toBeUndefined();
  });

  it('names the registry where there are several', () => {
    const reading = readError(UNTRUSTED);
    const all = [{ ...HERE, name: 'other', names: ['localhost:1'] }, HERE];
    const answer = explainError({ ...reading, all, here: chooseHere(reading, all), resolves: true, holder: undefined });
    expect(answer?.commands[0]).toBe('devreg trust docker --name devreg');
  });
});
