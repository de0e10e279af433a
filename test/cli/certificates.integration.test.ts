/** Certificates near their end are issued anew by whichever command comes next, and served by what runs. */
import { connect } from 'node:tls';
import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLUSTER, remember } from './support/engine.ts';
import { ANY_PORTS, type Answer, create } from './support/registry.ts';
import { type World, makeWorld } from './support/world.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Runs commands as they would run so many days from now. */
const later = (days: number) => ({ now: () => new Date(Date.now() + days * DAY) });

const NEWS = 'The certificate of devreg was issued anew: it would have ended soon.';

const fileOf = ({ dataDir }: Answer) => join(dataDir, 'tls/tls.crt');
const printOf = async (answer: Answer) => new X509Certificate(await readFile(fileOf(answer))).fingerprint256;

/** Whatever is served: by the clock of this machine it is not valid yet. */
async function servedBy({ names }: Answer): Promise<string> {
  const [host = '', port = ''] = names[1].split(':');
  const socket = connect({ host: '127.0.0.1', port: Number(port), servername: host, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('a command', () => {
  it.each([[['status']], [['get', 'secrets']], [['login', '--print']], [['logs']]])(
    '%s issues a certificate anew that is due, once, and the registry has it',
    async (argv) => {
      await using world = await makeWorld();
      const answer = await create(world, ...ANY_PORTS);
      const before = await printOf(answer);
      expect((await world.succeed(argv, later(650))).stderr).not.toContain('issued anew');
      const { stderr, stdout } = await world.succeed(argv, later(705));
      expect(stderr).toContain(NEWS);
      expect(stdout).not.toContain('issued anew');
      const renewed = await printOf(answer);
      expect(renewed).not.toBe(before);
      await expect.poll(() => servedBy(answer), { timeout: 10_000 }).toBe(renewed);
      expect((await world.succeed(argv, later(705))).stderr).not.toContain('issued anew');
    },
  );

  it.each([[['version']], [['delete', '--yes']], [['doctor']], [['create', '--dry-run']]])(
    '%s leaves it alone',
    async (argv) => {
      await using world = await makeWorld();
      const answer = await create(world, ...ANY_PORTS);
      const before = await printOf(answer);
      const { stderr } = await world.run(argv, later(705));
      expect(stderr).not.toContain('issued anew');
      expect(await printOf(answer).catch(() => before)).toBe(before);
    },
  );
});

describe('what stands in the way', () => {
  async function expectGoingOn(world: World): Promise<string> {
    const { stdout, stderr } = await world.succeed(['get', 'secrets'], later(705));
    expect(stdout).toContain('registry-credential');
    return stderr;
  }

  it('is said, and the command goes on', async () => {
    await using world = await makeWorld();
    const answer = await create(world, ...ANY_PORTS);
    await writeFile(join(answer.dataDir, 'tls/tls.key'), 'no key');
    expect(await expectGoingOn(world)).toMatch(
      /warning: The certificate of devreg is due and could not be issued anew/i,
    );
  });

  it('is nothing where the certificate itself cannot be read: create says so', async () => {
    await using world = await makeWorld();
    const answer = await create(world, ...ANY_PORTS);
    await writeFile(fileOf(answer), 'no certificate');
    await expectGoingOn(world);
  });

  it('is an engine that is not there', async () => {
    await using world = await makeWorld();
    const answer = await create(world, ...ANY_PORTS);
    await remember(world, { ...CLUSTER, settings: { ...CLUSTER.settings, tls: 'auto' } });
    expect((await world.succeed(['get', 'secrets', '--name', 'devreg'], later(705))).stderr).toContain(NEWS);
    expect(await printOf(answer)).toBeTruthy();
    await world.run(['delete', '--name', 'dev', '--yes']);
  });
});
