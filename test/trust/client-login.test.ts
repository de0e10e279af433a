/** Logging clients in by their own programs, which a script plays. */
import { randomBytes } from 'node:crypto';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientFile, LOGIN_CLIENTS, type LoginClient, clientFiles } from '../../src/trust/client-files.ts';
import { loginClients, prepareClients } from '../../src/trust/client-login.ts';
import { createScriptedRunner } from '../support/fakes/scripted-runner.ts';

const password = randomBytes(12).toString('base64url');
let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let request: {
  readonly registries: readonly string[];
  readonly user: string;
  readonly password: string;
  readonly files: Readonly<Record<LoginClient, ClientFile>>;
};

beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-login-'));
  const files = clientFiles({ platform: 'linux', home: folder.path, uid: 7, env: { XDG_RUNTIME_DIR: folder.path } });
  request = { registries: ['registry.localtest.me:8443', 'localhost:5001'], user: 'giteaAdmin', password, files };
});

afterAll(() => folder.remove());

describe('logging in', () => {
  it('asks every client that is there, and gives the password where nobody else reads it', async () => {
    const runner = createScriptedRunner([{ argv: /^docker login / }], ['docker']);
    const results = await loginClients(runner, request);
    expect(results.map(({ client, registry, outcome }) => `${client} ${registry} ${outcome}`)).toEqual([
      'docker registry.localtest.me:8443 done',
      'docker localhost:5001 done',
      'podman registry.localtest.me:8443 absent',
      'podman localhost:5001 absent',
    ]);
    const argv = (registry: string) => `docker login --username giteaAdmin --password-stdin ${registry}`;
    expect(runner.calls.map(({ argv: line, input }) => [line, input])).toEqual(
      request.registries.map((registry) => [argv(registry), password]),
    );
  });

  it('gives no client the password in a place where others read it', async () => {
    const names = ['docker', 'podman', 'helm', 'crane', 'regctl'];
    const runner = createScriptedRunner([{ argv: /./ }], names);
    const ca = { file: '/ca.crt', pem: '-----BEGIN' };
    const results = await loginClients(runner, { ...request, clients: LOGIN_CLIENTS, ca });
    expect(results.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => 'done'));
    expect(JSON.stringify(runner.calls.map(({ argv, env }) => [argv, env]))).not.toContain(password);
    expect(runner.calls.filter(({ input }) => input === password)).toHaveLength(10);
    expect(runner.calls.map(({ argv }) => argv).filter((argv) => argv.endsWith('localhost:5001'))).toEqual([
      'docker login --username giteaAdmin --password-stdin localhost:5001',
      'podman login --username giteaAdmin --password-stdin localhost:5001',
      'helm registry login --ca-file /ca.crt --username giteaAdmin --password-stdin localhost:5001',
      'crane auth login --username giteaAdmin --password-stdin localhost:5001',
      'regctl registry set --skip-check --cacert -----BEGIN localhost:5001',
      'regctl registry login --user giteaAdmin --pass-stdin localhost:5001',
    ]);
  });

  it('goes on when a client fails, and says why', async () => {
    const runner = createScriptedRunner(
      [
        { argv: /^docker login .*8443/, stderr: 'Error response from daemon: x509: unknown authority\n', exitCode: 1 },
        { argv: /^(?:docker|podman) login / },
      ],
      ['docker', 'podman'],
    );
    const results = await loginClients(runner, request);
    expect(results).toContainEqual({
      client: 'docker',
      registry: 'registry.localtest.me:8443',
      outcome: 'failed',
      reason: 'x509: unknown authority.',
    });
    expect(results.filter(({ outcome }) => outcome === 'done')).toHaveLength(3);
  });

  it('tells those of plain HTTP that do not find out', async () => {
    const runner = createScriptedRunner([{ argv: /./ }], ['podman', 'helm', 'regctl']);
    await loginClients(runner, {
      ...request,
      registries: ['a:1'],
      clients: ['podman', 'helm', 'regctl'],
      isPlain: true,
    });
    expect(runner.calls.map(({ argv }) => argv)).toEqual([
      'podman login --tls-verify=false --username giteaAdmin --password-stdin a:1',
      'helm registry login --plain-http --username giteaAdmin --password-stdin a:1',
      'regctl registry set --skip-check --tls disabled a:1',
      'regctl registry login --user giteaAdmin --pass-stdin a:1',
    ]);
  });

  it('takes skopeo or buildah where there is no podman: they have the same file', async () => {
    const runner = createScriptedRunner([{ argv: /./ }], ['buildah']);
    const [result] = await loginClients(runner, { ...request, clients: ['podman'] });
    expect(result).toMatchObject({ client: 'podman', outcome: 'done' });
    expect(runner.calls[0]?.argv).toMatch(/^buildah login /);
  });

  it('keeps podman from docker’s logins, and from docker’s file', async () => {
    const runner = createScriptedRunner([{ argv: /^(?:docker|podman) login / }], ['docker', 'podman']);
    await loginClients(runner, { ...request, registries: ['localhost:5001'] });
    expect(runner.calls.map(({ env }) => env)).toEqual([
      {},
      { DOCKER_CONFIG: '/nonexistent', REGISTRY_AUTH_FILE: join(folder.path, 'containers/auth.json') },
    ]);
  });

  it('ends when the signal aborts', async () => {
    const reason = new Error('^C');
    const runner = createScriptedRunner([{ argv: /^docker login /, hangs: true }], ['docker']);
    const abort = new AbortController();
    const login = loginClients(runner, { ...request, signal: abort.signal });
    abort.abort(reason);
    await expect(login).rejects.toBe(reason);
  });
});

it('tells only regctl beforehand how to reach a registry', async () => {
  const runner = createScriptedRunner([{ argv: /./ }], [...LOGIN_CLIENTS]);
  const ca = { file: '/ca.crt', pem: 'PEM' };
  await prepareClients(runner, { ...request, registries: ['a:1'], clients: LOGIN_CLIENTS, ca });
  expect(runner.calls.map(({ argv }) => argv)).toEqual(['regctl registry set --skip-check --cacert PEM a:1']);
});
