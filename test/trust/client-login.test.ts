import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loginClients, logoutClients } from '../../src/trust/client-login.ts';
import { createScriptedRunner } from '../support/fakes/scripted-runner.ts';

const password = randomBytes(12).toString('base64url');
const request = { registries: ['registry.localtest.me:8443', 'localhost:5001'], user: 'giteaAdmin', password };

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

  it('tells podman of plain HTTP', async () => {
    const runner = createScriptedRunner([{ argv: /^podman login --tls-verify=false --username / }], ['podman']);
    const results = await loginClients(runner, { ...request, isPlain: true });
    expect(results.filter(({ outcome }) => outcome === 'done')).toHaveLength(2);
  });

  it('keeps podman from docker’s logins', async () => {
    const runner = createScriptedRunner([{ argv: /^(?:docker|podman) login / }], ['docker', 'podman']);
    await loginClients(runner, { ...request, registries: ['localhost:5001'] });
    expect(runner.calls.map(({ env }) => env)).toEqual([{}, { DOCKER_CONFIG: '/nonexistent' }]);
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

describe('logging out', () => {
  it('is done where nobody was logged in, and fails where a client says so', async () => {
    const runner = createScriptedRunner([
      { argv: 'docker logout a:1', stdout: 'Removing login credentials for a:1\n' },
      { argv: 'docker logout b:2', stderr: 'WARNING: could not erase credentials: locked\n', exitCode: 1 },
      { argv: 'podman logout a:1', stderr: 'Error: not logged into a:1\n', exitCode: 125 },
      { argv: 'podman logout b:2' },
    ]);
    expect(await logoutClients(runner, ['a:1', 'b:2'])).toEqual([
      { client: 'docker', registry: 'a:1', outcome: 'done' },
      {
        client: 'docker',
        registry: 'b:2',
        outcome: 'failed',
        reason: 'WARNING: could not erase credentials: locked.',
      },
      { client: 'podman', registry: 'a:1', outcome: 'done' },
      { client: 'podman', registry: 'b:2', outcome: 'done' },
    ]);
  });
});
