/** Images from a kilobyte to two gigabytes, over plain HTTP and TLS, and what the largest costs the server's memory. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, type Client, type Sample, type Target, lastDigest } from '../support/clients.ts';
import { startDocker } from '../support/engine.ts';
import { buildImage, exportArchive, exportLayout } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { forgetPeak, readMemory } from '../support/process-memory.ts';
import { type ServedRegistry, newAccount, serveRegistry } from '../support/registry-process.ts';

const MB = 1024 * 1024;
const GB = 1024 * MB;

/** Several gigabytes are compressed on the way. */
const TRANSFER = { timeout: 900_000 };

/** How far the server's memory may rise above what it has when it is idle. */
const RISE_MAX = 40 * MB;

const SIZES = {
  '1 KB': [1_000],
  '1 MB': [1_000_000, 40_000, 3_000],
  '60 MB': [50 * MB, 9 * MB, 1 * MB],
  '500 MB': [400 * MB, 90 * MB, 10 * MB],
} as const;

const account = newAccount('admin');
let machine: Machine;

beforeAll(async () => {
  machine = await openMachine({ tools: CLIENTS.flatMap(({ tools }) => tools), names: ['registry.localtest.me'] });
  await startDocker(machine);
});

afterAll(() => machine?.[Symbol.asyncDispose]());

interface Reached {
  readonly registry: ServedRegistry;
  readonly target: Target;
}

async function serve(protocol: 'HTTP' | 'TLS'): Promise<Reached> {
  if (protocol === 'HTTP') {
    return {
      registry: await serveRegistry(machine, { listen: ['127.0.0.1:5001'], flags: ['--tls off'], account }),
      target: { host: 'localhost:5001', ca: undefined },
    };
  }
  const registry = await serveRegistry(machine, {
    listen: ['127.0.0.1:8443'],
    flags: ['--san registry.localtest.me'],
    account,
  });
  return {
    registry,
    target: { host: 'registry.localtest.me:8443', ca: join(machine.home, '.local/share/devreg/ca/ca.crt') },
  };
}

async function login(client: Client, target: Target): Promise<void> {
  await machine.sh(client.trust?.(target) ?? ':');
  const typed = client.login?.(target, account);
  if (typed !== undefined) await machine.sh(typed.line, { input: typed.input ?? '' });
}

async function prepare(size: string, layers: readonly number[]): Promise<Sample & { readonly forget: string }> {
  const image = `${size.toLowerCase().replace(' ', '-')}:1`;
  await buildImage(machine, image, { layers });
  const layout = await exportLayout(machine, image, `layout-${image.replace(':', '-')}`);
  const archive = await exportArchive(machine, image);
  const forget = `podman rmi -af; docker system prune -af; rm -rf ${archive} ${layout.split(':')[0]} /var/tmp/*`;
  return { image, layout, archive, chart: '', forget };
}

const named = (name: string) => CLIENTS.filter((client) => client.name === name);
const IMAGE_CLIENTS = CLIENTS.filter(({ name }) => name !== 'helm');

describe.each(Object.entries(SIZES))('an image of %s', (size, layers) => {
  let sample: Awaited<ReturnType<typeof prepare>>;

  beforeAll(async () => {
    sample = await prepare(size, layers);
  });

  afterAll(async () => void (await machine.sh(sample.forget, TRANSFER)));

  it.each(['HTTP', 'TLS'] as const)('goes there and back over %s with every client', async (protocol) => {
    await using reached = await serveOnce(protocol);
    const { target } = reached;
    for (const client of IMAGE_CLIENTS) {
      await login(client, target);
      const pushed = lastDigest(
        (await machine.sh(client.push(target, `sizes/${client.name}`, sample, account), TRANSFER)).output,
      );
      const pulled = lastDigest((await machine.sh(client.pull(target, `sizes/${client.name}`), TRANSFER)).output);
      expect(pulled, client.name).toBe(pushed);
      await machine.sh('docker system prune -af; rm -rf /var/tmp/*');
    }
  });
});

/** A registry whose data go with it. */
async function serveOnce(protocol: 'HTTP' | 'TLS'): Promise<Reached & AsyncDisposable> {
  const reached = await serve(protocol);
  return {
    ...reached,
    async [Symbol.asyncDispose]() {
      await reached.registry[Symbol.asyncDispose]();
      await machine.sh(`rm -rf ${reached.registry.dataDir}`);
    },
  };
}

describe('an image of 2 GB', () => {
  let sample: Awaited<ReturnType<typeof prepare>>;
  let tiny: Sample;

  beforeAll(async () => {
    sample = await prepare('2 GB', [2 * GB, 5_000]);
    tiny = await prepare('1 KB', [1_000]);
  });

  afterAll(async () => void (await machine.sh(sample.forget, TRANSFER)));

  describe.each(['HTTP', 'TLS'] as const)('over %s', (protocol) => {
    it.each([...named('skopeo'), ...named('docker'), ...named('podman')])(
      'with $name, takes the server less than 40 MB',
      async (client) => {
        await using reached = await serveOnce(protocol);
        const { target, registry } = reached;
        await login(client, target);
        await machine.sh(`${client.push(target, 'tiny', tiny)}\n${client.pull(target, 'tiny')}`);

        const push = await rise(registry, () => machine.sh(client.push(target, 'large', sample), TRANSFER));
        const mark = await registry.mark();
        const pull = await rise(registry, () => machine.sh(client.pull(target, 'large'), TRANSFER));
        await machine.sh('docker system prune -af; rm -rf /var/tmp/*');
        const sent = (await registry.requests(mark)).reduce((sum, { bytes }) => sum + bytes, 0);
        process.stderr.write(`${client.name} over ${protocol}: push ${report(push)}, pull ${report(pull)}\n`);
        expect(lastDigest(pull.output)).toBe(lastDigest(push.output));
        expect(sent).toBeGreaterThanOrEqual(2 * GB);
        expect(push.bytes).toBeLessThan(RISE_MAX);
        expect(pull.bytes).toBeLessThan(RISE_MAX);
      },
    );
  });
});

interface Rise {
  /** Peak above what was resident before. */
  readonly bytes: number;
  readonly before: number;
  readonly seconds: number;
  readonly output: string;
}

async function rise({ pid }: ServedRegistry, work: () => Promise<{ readonly output: string }>): Promise<Rise> {
  const { resident: before } = await readMemory(pid);
  await forgetPeak(pid);
  const started = performance.now();
  const { output } = await work();
  const seconds = (performance.now() - started) / 1000;
  return { bytes: (await readMemory(pid)).peak - before, before, seconds, output };
}

function report({ bytes, before, seconds }: Rise): string {
  return `+${(bytes / MB).toFixed(1)} MB above ${(before / MB).toFixed(1)} MB in ${seconds.toFixed(1)} s`;
}
