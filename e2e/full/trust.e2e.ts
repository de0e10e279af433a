/** Trust, and taking it back, with the real programs: what fails before works after, and every file is as it was. */
import { join } from 'node:path';
import { afterAll, afterEach, assert, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildProgram } from '../support/build.ts';
import { startDocker } from '../support/engine.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { serveRegistry } from '../support/registry-process.ts';

/** Not loopback: there Docker believes everybody. */
const ADDRESS = '10.77.0.1';
const TLS = 'registry.localtest.me:8443';
const PLAIN = 'plain.localtest.me:5080';

/** A layout that no program would write; what is behind it must not be touched. */
const DAEMON_JSON = '{"log-level" : "info",\n\n    "max-concurrent-uploads": 3 }';

let machine: Machine;
let program: string;
let before: string;

beforeAll(async () => {
  machine = await openMachine({ tools: ['buildah', 'curl', 'docker', 'dockerd', 'podman', 'skopeo', 'ip'] });
  program = `node ${await buildProgram()}`;
  await machine.sh(`ip address add ${ADDRESS}/32 dev lo`);
  await machine.sh(`printf '${ADDRESS} registry.localtest.me plain.localtest.me\\n' >> /etc/hosts`);
  // What update-ca-certificates reads lies outside of what is the machine's own.
  await machine.sh('cp -a /usr/local/share/ca-certificates cas; mount --bind cas /usr/local/share/ca-certificates');
  await machine.write('/etc/docker/daemon.json', DAEMON_JSON);
  await startDocker(machine);
  const flags = ['--anonymous-push', '--san registry.localtest.me'];
  machine.guests.use(await serveRegistry(machine, { listen: [`${ADDRESS}:8443`], flags }));
  machine.guests.use(
    await serveRegistry(machine, { listen: [`${ADDRESS}:5080`], flags: ['--anonymous-push', '--tls off'] }),
  );
  await machine.sh(`echo hello > hello; tar c hello > hello.tar
    for name in ${TLS}/a/docker ${PLAIN}/a/docker; do docker import hello.tar $name; done
    for name in ${TLS}/a/podman ${PLAIN}/a/podman; do podman import hello.tar $name; done
    update-ca-certificates`);
});

afterAll(() => machine?.[Symbol.asyncDispose]());

beforeEach(async () => {
  before = await fingerprint();
});

afterEach(async () => {
  await machine.sh(`${program} untrust --yes`);
  assert.equal(await fingerprint(), before);
});

/** Names, modes, owners and bytes of all that trust could touch; /etc/ssl/certs/java is made anew with every run. */
async function fingerprint(): Promise<string> {
  const folders = '/etc /usr/local/share/ca-certificates $HOME/.config $HOME/.docker';
  const { stdout } = await machine.sh(
    `mkdir -p $HOME/.config $HOME/.docker
     find ${folders} ! -path '*/java/*' ! -name '*.lock' -printf '%p %y %m %U:%G %l\\n' | sort
     find ${folders} -type f ! -path '*/java/*' -print0 | sort -z | xargs -0 sha256sum`,
  );
  return stdout;
}

const devreg = (line: string) => machine.sh(`${program} ${line}`);

describe('by the certificate', () => {
  it('docker pushes and pulls, without a restart', async () => {
    expect((await machine.fails(`docker push ${TLS}/a/docker`)).output).toMatch(/x509: .*unknown authority/);
    const { stdout } = await devreg(`trust docker --registry ${TLS} --yes`);
    expect(stdout).toContain(`/etc/docker/certs.d/${TLS}/ca.crt`);
    await machine.sh(`docker push ${TLS}/a/docker; docker pull ${TLS}/a/docker`);
    await devreg('untrust docker --yes');
    expect((await machine.fails(`docker push ${TLS}/a/docker`)).output).toMatch(/x509: .*unknown authority/);
  });

  it('podman, skopeo and buildah do, for every user', async () => {
    expect((await machine.fails(`podman push ${TLS}/a/podman`)).output).toMatch(/x509: .*unknown authority/);
    await devreg(`trust podman --registry ${TLS} --yes`);
    await machine.sh(
      `podman push ${TLS}/a/podman; skopeo inspect docker://${TLS}/a/podman; buildah pull ${TLS}/a/podman`,
    );
    await devreg('untrust --yes');
    expect((await machine.fails(`skopeo inspect docker://${TLS}/a/podman`)).output).toMatch(
      /x509: .*unknown authority/,
    );
  });

  it('containerd pulls', async () => {
    await devreg(`trust docker --registry ${TLS} --yes`);
    await machine.sh(`docker push ${TLS}/a/docker`);
    const pull = `ctr -a /run/docker/containerd/containerd.sock images pull --hosts-dir /etc/containerd/certs.d ${TLS}/a/docker:latest`;
    expect((await machine.fails(pull)).output).toMatch(/x509: .*unknown authority/);
    await devreg(`trust containerd --registry ${TLS} --yes`);
    await machine.sh(pull);
    await devreg('untrust containerd --yes');
    expect((await machine.fails(pull)).output).toMatch(/x509: .*unknown authority/);
  });

  it('the system does, and with it curl', async () => {
    const curl = `curl -sS --fail https://${TLS}/v2/_catalog`;
    expect((await machine.fails(curl)).output).toContain('certificate');
    await devreg(`trust system --registry ${TLS} --yes`);
    await machine.sh(curl);
    await devreg('untrust --yes');
    expect((await machine.fails(curl)).output).toContain('certificate');
  });

  it('node does, by the line that is printed', async () => {
    const fetch = `node -e 'fetch("https://${TLS}/v2/").then((reply) => process.exit(reply.status === 200 ? 0 : 1))'`;
    await machine.fails(fetch);
    const { stderr } = await devreg(`trust node --registry ${TLS}`);
    const line = /export NODE_EXTRA_CA_CERTS=\S+/.exec(stderr)?.[0] ?? '';
    await machine.sh(`${line}\n${fetch}`);
  });

  it('status tells who does', async () => {
    const states = async () => {
      const { stdout } = await devreg(`trust status --registry ${TLS} -o json`);
      const rows = JSON.parse(stdout) as { target: string; state: string }[];
      return Object.fromEntries(rows.map(({ target, state }) => [target, state]));
    };
    expect(await states()).toMatchObject({ docker: 'not', podman: 'not', system: 'not', node: 'not' });
    await devreg(`trust docker system --registry ${TLS} --yes`);
    // podman reads docker's folder as well.
    expect(await states()).toMatchObject({
      docker: 'trusted',
      podman: 'trusted',
      system: 'trusted',
      containerd: 'not',
    });
  });
});

describe('on plain HTTP (S1-11, S2-18)', () => {
  /** As `systemctl reload` does it. */
  const reload = `kill -HUP $(cat /run/docker.pid); until docker info | grep -q ${PLAIN}; do :; done`;

  it('S1-22: docker is told, by what doctor says', async () => {
    const { output } = await machine.fails(`docker push ${PLAIN}/a/docker 2>&1`);
    expect(output).toContain('server gave HTTP response to HTTPS client');
    const { stdout } = await machine.sh(`${program} doctor explain -o json`, { input: output });
    const [command = ''] = (JSON.parse(stdout) as { commands: string[] }).commands;
    expect(command).toBe(`devreg trust docker --insecure --registry ${PLAIN}`);
    const { stderr } = await machine.sh(`${command.replace('devreg', program)} --yes`);
    expect(stderr).toMatch(/^ *\+ .*insecure-registries/m);
    expect(stderr).toContain('sudo systemctl restart docker');
    const file = (await machine.sh('cat /etc/docker/daemon.json')).stdout;
    expect(JSON.parse(file)).toEqual({ ...JSON.parse(DAEMON_JSON), 'insecure-registries': [PLAIN] });
    expect((await machine.fails(`docker push ${PLAIN}/a/docker`)).exitCode).toBe(1);
    await machine.sh(`${reload}; docker push ${PLAIN}/a/docker`);
    expect((await devreg('untrust --yes')).stderr).toContain('until it starts anew');
  });

  it('--print only prints, and what it prints does the same', async () => {
    const { stdout } = await devreg(`trust docker podman --insecure --registry ${PLAIN} --print`);
    expect(await fingerprint()).toBe(before);
    await machine.sh(
      `${stdout}\ngrep ${PLAIN} /etc/docker/daemon.json /etc/containers/registries.conf.d/50-devreg.conf`,
    );
    await machine.sh(`mv /etc/docker/daemon.json.before-devreg /etc/docker/daemon.json
      rm /etc/containers/registries.conf.d/50-devreg.conf; rmdir --ignore-fail-on-non-empty /etc/containers/registries.conf.d`);
  });

  it('S2-17, S2-19: podman is told', async () => {
    const { output } = await machine.fails(`podman push ${PLAIN}/a/podman`);
    expect(output).toContain('server gave HTTP response to HTTPS client');
    await devreg(`trust podman --insecure --registry ${PLAIN} --yes`);
    await machine.sh(`podman push ${PLAIN}/a/podman`);
    expect((await machine.sh(`curl -sS http://${PLAIN}/v2/_catalog`)).stdout).toContain('a/podman');
    await devreg('untrust podman --yes');
    await machine.fails(`podman push ${PLAIN}/a/podman`);
  });
});

describe('a user who is not root', () => {
  /** The user of the lab, in a home of their own. */
  const asUser = (line: string) =>
    `mkdir -p user; chown devuser user; chmod 755 . ..; HOME=$PWD/user XDG_CONFIG_HOME= XDG_STATE_HOME= XDG_DATA_HOME= setpriv --reuid devuser --regid devuser --clear-groups ${line}`;

  it('gets the commands for root, which work, and their undoing', async () => {
    const ca = join(machine.home, '.local/share/devreg/ca/ca.crt');
    await machine.sh(`install -D -m 644 ${ca} ca.crt; chmod 755 .`);
    const line = `${program} trust docker --registry ${TLS} --ca-file $PWD/ca.crt --yes`;
    const { stderr } = await machine.fails(asUser(line));
    expect(stderr).toContain('code: ROOT_NEEDED');
    const commands = stderr.split('\n').filter((text) => text.startsWith('sudo '));
    expect(commands.at(-1)).toContain(`/etc/docker/certs.d/${TLS}/ca.crt`);
    await machine.sh(commands.join('\n').replaceAll('sudo ', ''));
    await machine.sh(`docker push ${TLS}/a/docker`);
    const undo = (await machine.fails(asUser(`${program} untrust --yes`))).stderr;
    await machine.sh(
      undo
        .split('\n')
        .filter((text) => text.startsWith('sudo '))
        .join('\n')
        .replaceAll('sudo ', ''),
    );
    expect((await machine.sh(asUser(`${program} untrust --yes -o json`))).stdout).toContain('"keep"');
  });
});
