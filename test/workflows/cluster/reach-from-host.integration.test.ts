/** How this machine's clients come to a cluster's registry: what they trust, what names mean, who is logged in. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLUSTER_RECORD } from '../../state/sample-record.ts';
import { reachFromHost } from '../../../src/workflows/cluster/reach-from-host.ts';
import { HOSTS, openWorkshop } from './workshop.ts';

const lost = () => false;

describe('names that do not lead here', () => {
  it('are not asked about when all of them do', async () => {
    await using shop = await openWorkshop();
    const { resolves, record } = await shop.create({ aliases: ['images.localtest.me'] });
    expect({ resolves, hostsFile: record.hostsFile }).toEqual({ resolves: true, hostsFile: undefined });
    expect(shop.asked).toEqual(['login 2']);
    expect(await shop.hosts()).toBe(HOSTS);
  });

  it('are written into the hosts file where that is wanted', async () => {
    await using shop = await openWorkshop({ resolving: lost, mayWriteHosts: true });
    const { resolves, record } = await shop.create({ aliases: ['images.localtest.me'] });
    expect(resolves).toBe(true);
    expect(record.hostsFile).toBe(shop.ports.hostsFile);
    expect(shop.asked).toEqual(['hosts registry.localtest.me images.localtest.me', 'login 2']);
    expect(await shop.hosts()).toBe(
      `${HOSTS}127.0.0.1 registry.localtest.me # devreg dev\n127.0.0.1 images.localtest.me # devreg dev\n`,
    );
  });

  it('are recorded before the file is written', async () => {
    await using shop = await openWorkshop({ resolving: lost, mayWriteHosts: true });
    await rm(shop.ports.hostsFile);
    await mkdir(shop.ports.hostsFile);
    const { resolves, record } = await shop.create();
    expect(resolves).toBe(false);
    expect(record.hostsFile).toBe(shop.ports.hostsFile);
    expect(shop.said).toContainEqual(expect.stringMatching(/^warning: Cannot read .*hosts: a folder is in its place/));
    expect(await shop.ports.records.find('dev')).toMatchObject({ stage: 'ready', hostsFile: shop.ports.hostsFile });
  });

  it('stay as they are where that is not wanted', async () => {
    await using shop = await openWorkshop({ resolving: lost });
    const { resolves, record } = await shop.create();
    expect({ resolves, hostsFile: record.hostsFile }).toEqual({ resolves: false, hostsFile: undefined });
    expect(await shop.hosts()).toBe(HOSTS);
    expect(shop.asked).toEqual(['hosts registry.localtest.me', 'login 1']);
  });

  it('may be aliases alone, and then the host itself is as good as ever', async () => {
    await using shop = await openWorkshop({ resolving: (host) => host === 'registry.localtest.me' });
    expect((await shop.create({ aliases: ['images.localtest.me'] })).resolves).toBe(true);
    expect(shop.asked).toEqual(['hosts images.localtest.me', 'login 2']);
  });

  it('may lead elsewhere by a line of somebody else’s, which stays and is told', async () => {
    await using shop = await openWorkshop({ resolving: lost, mayWriteHosts: true });
    const hosts = `${HOSTS}10.0.0.1 registry.localtest.me\n`;
    await writeFile(shop.ports.hostsFile, hosts);
    expect((await shop.create()).resolves).toBe(false);
    expect(await shop.hosts()).toBe(hosts);
    expect(shop.said).toContainEqual(expect.stringMatching(/^warning: .*registry\.localtest\.me.*10\.0\.0\.1/));
  });

  it('include the host that images named by a path have', async () => {
    await using shop = await openWorkshop({ resolving: lost });
    await shop.create({ host: 'gitea.cnoe.localtest.me', pathRouting: true });
    expect(shop.asked[0]).toBe('hosts gitea.cnoe.localtest.me cnoe.localtest.me');
  });
});

describe('logins', () => {
  const CLIENTS = [{ argv: /^docker login/ }, { argv: /^podman login/ }];
  const programs = ['docker', 'podman'];

  it('are made where wanted, with the password on standard input', async () => {
    await using shop = await openWorkshop({ mayLogIn: true, script: CLIENTS, programs });
    const { logins, record } = await shop.create();
    const names = [`registry.localtest.me:${record.settings.port}`, `localhost:${record.settings.registryPort}`];
    expect(logins).toEqual(
      ['docker', 'podman'].flatMap((client) => names.map((registry) => ({ client, registry, outcome: 'done' }))),
    );
    const password = (await shop.ports.credentials.find('dev'))?.password ?? '';
    expect(shop.calls()).toHaveLength(4);
    for (const { argv, input } of shop.calls()) {
      expect(argv).not.toContain(password);
      expect(input).toBe(password);
    }
  });

  it('are only for localhost where the host leads nowhere', async () => {
    await using shop = await openWorkshop({ mayLogIn: true, script: CLIENTS, programs, resolving: lost });
    const { logins } = await shop.create();
    expect(new Set(logins.map(({ registry }) => registry.split(':')[0]))).toEqual(new Set(['localhost']));
  });

  it('tell podman when there is no TLS', async () => {
    await using shop = await openWorkshop({ mayLogIn: true, script: CLIENTS, programs });
    await shop.create({ tls: 'off' });
    const [docker = [], podman = []] = ['docker', 'podman'].map((client) =>
      shop.calls().filter(({ argv }) => argv.startsWith(client)),
    );
    expect(podman.every(({ argv }) => argv.includes('--tls-verify=false'))).toBe(true);
    expect(docker.some(({ argv }) => argv.includes('tls'))).toBe(false);
  });

  it('that fail are told, and the cluster is there all the same', async () => {
    const script = [{ argv: /^docker login/, exitCode: 1, stderr: 'Error: no credential helper' }];
    await using shop = await openWorkshop({ mayLogIn: true, script, programs: ['docker'] });
    const { outcome, logins, record } = await shop.create();
    expect(outcome).toBe('created');
    expect(logins.map((login) => login.outcome)).toEqual(['failed', 'failed', 'absent', 'absent']);
    expect(shop.said).toContainEqual(
      expect.stringContaining(`warning: docker could not log in to localhost:${record.settings.registryPort}: `),
    );
  });

  it('are not made where nobody wants them', async () => {
    await using shop = await openWorkshop({ script: CLIENTS, programs });
    expect((await shop.create()).logins).toEqual([]);
    expect(shop.calls()).toEqual([]);
  });
});

describe('trust', () => {
  it('that the file system refuses is told, and the cluster is there all the same', async () => {
    await using shop = await openWorkshop();
    await mkdir(join(shop.home, '.config'), { recursive: true });
    await writeFile(join(shop.home, '.config/containers'), 'a file where a folder should be');
    const { outcome, record } = await shop.create();
    expect(outcome).toBe('created');
    expect(shop.said).toContainEqual(
      expect.stringMatching(/^warning: Cannot .*Clients will not trust the registry's certificate by themselves\.$/),
    );
    expect(record.stage).toBe('ready');
    expect(await shop.ports.records.find('dev')).toEqual(record);
  });

  it('that a bug breaks is no warning', async () => {
    await using shop = await openWorkshop();
    shop.onEvent = (event) => {
      if (event === 'save ready') throw new TypeError('a bug');
    };
    await expect(shop.create()).rejects.toThrow('a bug');
  });
});

describe('a registry on another machine', () => {
  const engineAt = { endpoint: 'tcp://10.0.0.2:2375', address: '10.0.0.2' };
  const CLIENTS = [{ argv: /^docker login/ }, { argv: /^podman login/ }];

  async function reach(hosts: string, mayWriteHosts: boolean) {
    const shop = await openWorkshop({ script: CLIENTS, programs: ['docker', 'podman'], mayWriteHosts, mayLogIn: true });
    await writeFile(shop.ports.hostsFile, hosts);
    const { settings } = (await shop.create({}, { name: 'here' })).record;
    const record = { ...CLUSTER_RECORD, settings: { ...settings, port: 8443, registryPort: 5001 }, engineAt };
    const config = { text: '', serviceSubnet: '10.96.0.0/16', podSubnets: [] };
    const plan = { name: record.name, settings: record.settings, config, clusterIP: '', certificate: undefined };
    const reached = await reachFromHost(record, plan, { password: 'p', token: 't' }, shop.ports);
    const logins = reached.logins.map(({ client, registry }) => `${client} ${registry}`);
    return { shop, reached, logins };
  }

  it('is led to by the hosts file, and logged in to by each client from where it goes there', async () => {
    const { shop, reached, logins } = await reach(HOSTS, true);
    await using _shop = shop;
    expect(reached.resolves).toBe(true);
    expect(await shop.hosts()).toBe(`${HOSTS}10.0.0.2 registry.localtest.me # devreg dev\n`);
    expect(logins).toEqual(['docker localhost:5001', 'podman registry.localtest.me:8443']);
  });

  it('is not where a name that leads to this machine leads', async () => {
    const { shop, reached, logins } = await reach('127.0.0.1 registry.localtest.me\n', true);
    await using _shop = shop;
    expect(reached.resolves).toBe(false);
    expect(shop.said).toContainEqual(expect.stringMatching(/leads registry\.localtest\.me to 127\.0\.0\.1: it stays/));
    expect(logins).toEqual(['docker localhost:5001']);
  });

  it('is found by a line that is there', async () => {
    const { shop, reached } = await reach('10.0.0.2 registry.localtest.me\n', false);
    await using _shop = shop;
    expect(reached.resolves).toBe(true);
  });
});
