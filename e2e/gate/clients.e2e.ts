/** Every client against a registry with one user, over plain HTTP and over TLS: what needs credentials and what does not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, type Sample, type Target, lastDigest } from '../support/clients.ts';
import { startDocker } from '../support/engine.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { countSockets } from '../support/process-sockets.ts';
import { type ServedRegistry, newAccount, serveRegistry } from '../support/registry-process.ts';
import { makeSample } from '../support/samples.ts';

const NAMED = 'registry.localtest.me:8443';
const LOCAL = 'localhost:5001';

const account = newAccount('giteaAdmin');
const stranger = newAccount('giteaAdmin');
let machine: Machine;
let sample: Sample;
let secure: ServedRegistry;
let plain: ServedRegistry;

beforeAll(async () => {
  machine = await openMachine({ tools: CLIENTS.flatMap(({ tools }) => tools), names: ['registry.localtest.me'] });
  await startDocker(machine);
  [sample, secure, plain] = await Promise.all([
    makeSample(machine),
    serveRegistry(machine, { listen: ['127.0.0.1:8443'], flags: ['--san registry.localtest.me'], account }),
    serveRegistry(machine, { listen: ['127.0.0.1:5001'], flags: ['--tls', 'off'], account }),
  ]);
  machine.guests.use(secure);
  machine.guests.use(plain);
});

afterAll(() => machine?.[Symbol.asyncDispose]());

const PROTOCOLS = ['HTTP', 'TLS'] as const;

function reach(protocol: (typeof PROTOCOLS)[number]): { registry: ServedRegistry; target: Target; curl: string } {
  const ca = `${machine.home}/.local/share/devreg/ca/ca.crt`;
  return protocol === 'TLS'
    ? { registry: secure, target: { host: NAMED, ca }, curl: `curl -fsS --cacert ${ca} https://${NAMED}` }
    : { registry: plain, target: { host: LOCAL, ca: undefined }, curl: `curl -fsS http://${LOCAL}` };
}

/** Docker takes what it reaches on loopback without looking at the certificate. */
const WARY = CLIENTS.flatMap(({ name, pull, distrust }) => (distrust === undefined ? [] : [{ name, pull, distrust }]));

it.each(WARY)('$name does not trust the certificate before it is told to', async ({ pull, distrust }) => {
  const foreign = { host: NAMED, ca: '/etc/ssl/certs/ca-certificates.crt' };
  const { output } = await machine.fails(pull(foreign, 'team/app'), { env: { HOME: machine.folder } });
  expect(output).toMatch(distrust);
});

it('keeps no socket of clients that hang up amid the handshake', async () => {
  const hangUp = `node -e "require('node:tls').connect({port: 8443}).on('error', (error) => console.log(error.code))"`;
  const before = await countSockets(secure.pid);
  for (const line of Array.from({ length: 5 }, () => hangUp)) {
    expect((await machine.sh(line)).stdout).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);
  }
  await expect.poll(() => countSockets(secure.pid)).toBeLessThanOrEqual(before);
});

describe.each(CLIENTS.flatMap((client) => PROTOCOLS.map((protocol) => ({ client, protocol, name: client.name }))))(
  '$name over $protocol',
  ({ client, protocol, name }) => {
    const repository = `team/${name}`;
    let pushed: string;

    it('S0-12 S1-23: may not push without credentials, and says so', async () => {
      const { target, registry } = reach(protocol);
      await machine.sh(client.trust?.(target) ?? ':');
      const mark = await registry.mark();
      const { output } = await machine.fails(client.push(target, repository, sample));
      expect(output).toMatch(client.refusal);
      const statuses = new Set((await registry.requests(mark)).map(({ status }) => status));
      expect(statuses).toContain(401);
      expect([...statuses].filter((status) => status >= 500)).toEqual([]);
    });

    it('cannot log in with a wrong password', async () => {
      const { target } = reach(protocol);
      const login = client.login?.(target, stranger);
      if (login !== undefined && client.checksLogin) {
        const { output } = await machine.fails(login.line, { input: `${login.input}\n` });
        expect(output).toMatch(/unauthorized|invalid username\/password|401/i);
        return;
      }
      if (login !== undefined) await machine.sh(login.line, { input: login.input ?? '' });
      const { output } = await machine.fails(client.push(target, repository, sample, stranger));
      expect(output).toMatch(/unauthorized|invalid username\/password|401/i);
    });

    it('logs in and pushes', async () => {
      const { target, registry, curl } = reach(protocol);
      const login = client.login?.(target, account);
      if (login !== undefined) await machine.sh(login.line, { input: login.input ?? '' });
      const mark = await registry.mark();
      pushed = lastDigest((await machine.sh(client.push(target, repository, sample, account))).output);
      const { stdout } = await machine.sh(`${curl}/v2/${client.stored(repository)}/manifests/1 | sha256sum`);
      expect(`sha256:${stdout.split(' ')[0]}`).toBe(pushed);
      const writers = (await registry.requests(mark)).filter(
        ({ method, status }) => method === 'PUT' && status === 201,
      );
      expect(new Set(writers.map(({ user }) => user?.toLowerCase()))).toEqual(new Set(['giteaadmin']));
    });

    it('S0-27: sends nothing again that is there', async () => {
      const { target, registry } = reach(protocol);
      const mark = await registry.mark();
      expect(lastDigest((await machine.sh(client.push(target, repository, sample, account))).output)).toBe(pushed);
      const again = await registry.requests(mark);
      expect(
        again.filter(({ method, path }) => method !== 'GET' && method !== 'HEAD' && path.includes('/blobs/')),
      ).toEqual([]);
    });

    it('S0-11: logs out and pulls without credentials, the same bytes', async () => {
      const { target, registry } = reach(protocol);
      if (client.logout !== undefined) await machine.sh(client.logout(target));
      const mark = await registry.mark();
      expect(lastDigest((await machine.sh(client.pull(target, repository))).output)).toBe(pushed);
      const pulls = await registry.requests(mark);
      expect(pulls.filter(({ user }) => user !== undefined)).toEqual([]);
      expect(
        pulls.filter(({ method, path, status }) => method === 'GET' && path.includes('/blobs/') && status === 200),
      ).not.toEqual([]);
      if (client.login !== undefined) await machine.fails(client.push(target, `${repository}-again`, sample));
    });
  },
);
