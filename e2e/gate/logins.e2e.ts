/** Logging in, in the forms people type. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDocker } from '../support/engine.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { newAccount, serveRegistry } from '../support/registry-process.ts';

const HOST = 'registry.localtest.me:8443';
const CA = `$HOME/.config/containers/certs.d/${HOST}/ca.crt`;
const account = newAccount('giteaAdmin');
const token = `devreg_${randomBytes(30).toString('hex')}`;
let machine: Machine;

beforeAll(async () => {
  machine = await openMachine({
    tools: ['crane', 'curl', 'docker', 'dockerd', 'helm', 'podman', 'regctl', 'script', 'skopeo'],
    names: ['registry.localtest.me'],
  });
  await startDocker(machine);
  const file = join(machine.folder, 'token');
  await machine.write(file, `${token}\n`);
  machine.guests.use(
    await serveRegistry(machine, {
      listen: ['127.0.0.1:8443'],
      account,
      flags: ['--san registry.localtest.me', `--token-file ${file}`],
    }),
  );
  const ca = join(machine.home, '.local/share/devreg/ca/ca.crt');
  await machine.sh(
    `install -D ${ca} /etc/docker/certs.d/${HOST}/ca.crt; install -D ${ca} $HOME/.config/containers/certs.d/${HOST}/ca.crt; regctl registry set ${HOST} --cacert "$(cat ${ca})"`,
  );
});

afterAll(() => machine?.[Symbol.asyncDispose]());

/** Where docker, and podman with its kin, keep logins. */
beforeEach(async () => void (await machine.sh('rm -rf $HOME/.docker $XDG_RUNTIME_DIR/containers')));

/** A line typed at a terminal, with the answers to its prompts. */
const typed = (line: string, ...answers: readonly string[]) =>
  machine.sh(`script -qec "${line}" /dev/null`, { input: answers.map((answer) => `${answer}\n`).join('') });

describe('docker', () => {
  it.each(['giteaAdmin', 'giteaadmin', 'GITEAADMIN'])('S0-08: accepts the user as %s', async (user) => {
    const { output } = await machine.sh(`docker login -u ${user} --password-stdin ${HOST}`, {
      input: account.password,
    });
    expect(output).toContain('Login Succeeded');
  });

  it('S0-24: keeps no password without saying so, and forgets it', async () => {
    const { output } = await machine.sh(`docker login -u ${account.user} --password-stdin ${HOST}`, {
      input: account.password,
    });
    const { stdout } = await machine.sh('cat $HOME/.docker/config.json');
    const isKept = stdout.includes(Buffer.from(`${account.user}:${account.password}`).toString('base64'));
    expect(stdout).toContain(HOST);
    expect(/WARNING! Your (password will be stored|credentials are stored) unencrypted in/.test(output)).toBe(isKept);
    await machine.sh(`docker logout ${HOST}; ! grep ${HOST} $HOME/.docker/config.json`);
  });

  it('S0-02: asks for user and password at a terminal', async () => {
    const { output } = await typed(`docker login ${HOST}`, account.user, account.password);
    expect(output).toMatch(/Username: [^]*Password: [^]*Login Succeeded/);
  });

  it('S0-23: says that stored credentials are no longer right', async () => {
    const stale = Buffer.from(`${account.user}:before`).toString('base64');
    await machine.write(
      join(machine.home, '.docker/config.json'),
      JSON.stringify({ auths: { [HOST]: { auth: stale } } }),
    );
    const { output } = await typed(`docker login ${HOST}`, account.user, account.password);
    expect(output).toMatch(
      /Authenticating with existing credentials[^]*(Stored credentials invalid or expired|Login did not succeed|unauthorized)[^]*Login Succeeded/,
    );
  });

  it('S1-05: takes the password as a flag, and warns', async () => {
    const { output } = await machine.sh(`docker login ${HOST} -u ${account.user} -p ${account.password}`);
    expect(output).toMatch(/WARNING! Using --password via the CLI is insecure[^]*Login Succeeded/);
  });

  it('S0-06: refuses a wrong password', async () => {
    const { output } = await machine.fails(`docker login -u ${account.user} --password-stdin ${HOST}`, {
      input: 'wrong',
    });
    expect(output).toMatch(/unauthorized/i);
  });
});

describe('an access token in place of the password (S1-21, S3-09)', () => {
  it.each([
    ['docker', `docker login -u giteaAdmin --password-stdin ${HOST}`],
    ['podman', `podman login -u giteaAdmin --password-stdin ${HOST}`],
    ['skopeo', `skopeo login -u giteaAdmin --password-stdin ${HOST}`],
    ['helm', `helm registry login -u giteaAdmin --password-stdin ${HOST} --ca-file ${CA}`],
    ['regctl', `regctl registry login ${HOST} --user giteaAdmin --pass-stdin`],
  ])('logs %s in', async (_, line) => {
    await machine.sh(line, { input: token });
    await machine.fails(line, { input: `${token}x` });
  });
});

it('S0-32: regctl asks for user and password at a terminal', async () => {
  const { output } = await typed(`regctl registry login ${HOST}`, account.user, account.password);
  expect(output).toMatch(/Enter Username[^]*: [^]*Enter Password/);
  expect(
    (await machine.sh(`regctl registry login ${HOST} --user ${account.user} --pass-stdin`, { input: account.password }))
      .exitCode,
  ).toBe(0);
});

it('S3-22: a login by docker serves the others', async () => {
  await machine.sh(`docker login -u ${account.user} --password-stdin ${HOST}`, { input: account.password });
  await machine.sh(`helm create chart; helm package chart
    helm push chart-0.1.0.tgz oci://${HOST}/helm --ca-file ${CA}
    skopeo copy --src-tls-verify docker://${HOST}/helm/chart:0.1.0 docker://${HOST}/skopeo/chart:0.1.0
    SSL_CERT_FILE=${CA} crane copy ${HOST}/helm/chart:0.1.0 ${HOST}/crane/chart:0.1.0
    regctl image copy ${HOST}/helm/chart:0.1.0 ${HOST}/regctl/chart:0.1.0`);
  await machine.sh(`docker logout ${HOST}`);
  await machine.fails(`skopeo copy docker://${HOST}/helm/chart:0.1.0 docker://${HOST}/skopeo/chart:0.2.0`);
});

it('S3-24c: a login by podman is one for skopeo as well, and so is its end', async () => {
  await machine.sh(`podman login -u ${account.user} --password-stdin ${HOST}`, { input: account.password });
  expect((await machine.sh(`skopeo login --get-login ${HOST}`)).stdout).toBe(account.user);
  await machine.sh(`skopeo logout ${HOST}`);
  expect((await machine.fails(`podman login --get-login ${HOST}`)).output).toContain('not logged into');
});

it('S1-27: curl is told to log in, and is known by Basic', async () => {
  const { stdout } = await machine.sh(`curl -sS -i --cacert ${CA} https://${HOST}/v2/`);
  expect(stdout).toMatch(/^HTTP\/1\.1 401 /);
  expect(stdout).toMatch(/^docker-distribution-api-version: registry\/2\.0\r?$/im);
  expect(stdout.match(/^www-authenticate:.*$/gim)).toHaveLength(1);
  expect(stdout).toContain('{"errors":[{"code":"UNAUTHORIZED"');
  await machine.sh(`curl -fsS --cacert ${CA} -u ${account.user}:${account.password} https://${HOST}/v2/`);
});
