/** The recipes of create and delete over a provider that can be made to fail: what is warned of, and what is undone. */
import { cp, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureAuthority } from '../../src/certs/store.ts';
import { DevregError } from '../../src/errors.ts';
import { PortInUseError } from '../../src/provider/provider.ts';
import { type CreatePorts, type CreatedRegistry, createRegistry } from '../../src/workflows/create.ts';
import { deleteRegistry } from '../../src/workflows/delete.ts';
import { openState } from '../../src/workflows/open-state.ts';
import type { WantedSettings } from '../../src/workflows/settings.ts';
import { treeOf } from '../cli/support/tree.ts';
import { type FakeProvider, makeFakeProvider } from './fake-provider.ts';

const NOW = new Date();
let authority: string;

beforeAll(async () => {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-ca-'));
  authority = temp.path;
  await ensureAuthority(authority, { owner: 'somebody@somewhere', now: NOW });
  return () => temp.remove();
});

interface Workshop extends AsyncDisposable {
  readonly home: string;
  readonly provider: FakeProvider;
  readonly said: string[];
  readonly ports: CreatePorts;
  readonly create: (
    wanted?: WantedSettings,
    more?: { name?: string; rotatePassword?: boolean; signal?: AbortSignal },
  ) => Promise<CreatedRegistry>;
  /** All there is but the authority, locks and empty folders of devreg's own. */
  readonly tree: () => Promise<Record<string, string>>;
}

async function openWorkshop(now = NOW): Promise<Workshop> {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-create-'));
  const home = join(temp.path, 'home');
  await cp(authority, join(home, '.local/share/devreg/ca'), { recursive: true });
  const said: string[] = [];
  const provider = makeFakeProvider();
  const state = openState({ platform: 'linux', home, env: {} });
  let tokens = 0;
  const ports: CreatePorts = {
    ...state,
    provider,
    trustPlace: { home, root: join(temp.path, 'root') },
    progress: {
      step: async (title, work) => (said.push(title), work()),
      detail: () => {},
      note: (text) => void said.push(text),
      warn: (text) => void said.push(`warning: ${text}`),
    },
    signal: new AbortController().signal,
    owner: 'somebody@somewhere',
    now: () => now,
    drawToken: () => `token ${(tokens += 1)}`,
  };
  return {
    home,
    provider,
    said,
    ports,
    create: (wanted = {}, { name = 'devreg', rotatePassword = false, signal = ports.signal } = {}) =>
      createRegistry({ name, wanted, rotatePassword, timeout: 1_000 }, { ...ports, signal }),
    async tree() {
      const entries = Object.entries(await treeOf(home));
      return Object.fromEntries(
        entries.filter(
          ([name]) => !/^\.local(?:$|\/(?:share|state)(?:$|\/devreg(?:$|\/ca|\/locks|\/registries$)))/.test(name),
        ),
      );
    },
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

const CERTS = '.config/containers/certs.d';

describe('create', () => {
  it('remembers the ports it got, the process, and what it wrote', async () => {
    await using shop = await openWorkshop();
    const { record, outcome, ca } = await shop.create({ port: 0, registryPort: 0 });
    expect(outcome).toBe('created');
    expect(record).toMatchObject({
      settings: { port: 20_001, registryPort: 30_001 },
      process: { pid: 1_001, startedAt: NOW.toISOString() },
    });
    expect(record.trusted.map(({ registry }) => registry)).toEqual(['registry.localtest.me:20001', 'localhost:30001']);
    expect(await shop.ports.records.find('devreg')).toEqual(record);
    expect(ca).toBe(join(shop.home, '.local/share/devreg/ca/ca.crt'));
    expect(shop.provider.calls).toEqual(['start registry.localtest.me 0 0', 'keep']);
    expect(await shop.create()).toMatchObject({ record, outcome: 'kept' });
  });

  it('lets it go only when everything else is done', async () => {
    await using shop = await openWorkshop();
    let trusted = false;
    const { keep, ...rest } = { keep: shop.provider.start, ...shop.provider };
    const provider: FakeProvider = {
      ...rest,
      async start(request, signal) {
        const started = await keep(request, signal);
        return {
          ...started,
          keep: async () => {
            trusted = Object.keys(await shop.tree()).some((name) => name.endsWith('ca.crt'));
          },
          [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
        };
      },
    };
    await createRegistry(
      { name: 'devreg', wanted: {}, rotatePassword: false, timeout: 1 },
      { ...shop.ports, provider },
    );
    expect(trusted).toBe(true);
  });

  it('warns where clients are told to trust somebody else, and leaves that alone', async () => {
    await using shop = await openWorkshop();
    const file = join(shop.home, CERTS, 'localhost:5001/ca.crt');
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, 'of the user\n');
    const { outcome } = await shop.create();
    expect(outcome).toBe('created');
    expect(shop.said.filter((text) => text.startsWith('warning:'))).toEqual([
      `warning: ${file} is not from devreg and stays as it is: podman and skopeo may not trust this registry.`,
    ]);
    expect(await readFile(file, 'utf8')).toBe('of the user\n');
  });

  it('warns of folders of the machine that are hidden now', async () => {
    await using shop = await openWorkshop();
    const folder = join(shop.ports.trustPlace.root, 'etc/containers/certs.d/localhost:5001');
    await mkdir(folder, { recursive: true });
    await shop.create();
    expect(shop.said).toContain(
      `warning: ${folder} is no longer read by podman and skopeo, since you have a folder of your own for it now.`,
    );
  });

  it('goes on where the trust of clients cannot be written', async () => {
    await using shop = await openWorkshop();
    await writeFile(join(shop.home, '.config'), 'in the way');
    expect((await shop.create()).outcome).toBe('created');
    expect(shop.said.at(-1)).toMatch(
      /^warning: Cannot .*\/\.config\/.*: a file is where a folder should be\. Clients will not trust/,
    );
    expect((await shop.create()).outcome).toBe('kept');
  });

  it('renews an authority that is due, tells so, and has clients trust the new one', async () => {
    const later = new Date(NOW.getTime() + 3_640 * 24 * 60 * 60 * 1_000);
    await using shop = await openWorkshop(later);
    await shop.create();
    const ca = join(shop.home, '.local/share/devreg/ca/ca.crt');
    expect(shop.said).toContain(
      `warning: The certificate authority was due and has been renewed: trust ${ca} wherever you trusted it by hand.`,
    );
    expect(await readFile(join(shop.home, CERTS, 'localhost:5001/ca.crt'), 'utf8')).toBe(await readFile(ca, 'utf8'));
  });

  it('warns when the one before had to be killed', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    shop.provider.endsBy = 'killed';
    expect((await shop.create({}, { rotatePassword: true })).outcome).toBe('restarted');
    expect(shop.said).toContain('warning: The registry did not end by itself and was killed.');
  });

  it('refuses a folder that somebody else works on', async () => {
    await using shop = await openWorkshop();
    const { record } = await shop.create();
    await shop.ports.records.save({ ...record, process: undefined });
    await expect(shop.create()).rejects.toMatchObject({
      code: 'DATA_FOLDER_IN_USE',
      kind: 'conflict',
      message: `${record.settings.dataDir} is in use by process 1001 (some program).`,
    });
  });

  it('tries another port only where any will do', async () => {
    await using shop = await openWorkshop();
    const { record } = await shop.create({ port: 0 });
    await shop.provider.stop(record, shop.ports.signal);
    const taken = new PortInUseError(20_001, 'Port 20001 is in use by another program.', '');
    shop.provider.failures.push(taken);
    await expect(shop.create()).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    shop.provider.failures.push(taken);
    expect((await shop.create({ port: 0 })).record.settings).toMatchObject({ port: 20_002, registryPort: 5001 });
  });
});

describe('a create that fails', () => {
  const failure = new DevregError('failure', 'SOME_CODE', 'No.');

  it('leaves nothing of a new registry', async () => {
    await using shop = await openWorkshop();
    shop.provider.failures.push(failure);
    await expect(shop.create()).rejects.toBe(failure);
    expect(await shop.tree()).toEqual({});
  });

  it('keeps the log of a failure that nobody understands', async () => {
    await using shop = await openWorkshop();
    const log = join(shop.home, '.local/state/devreg/registries/devreg/registry.log');
    await mkdir(join(log, '..'), { recursive: true });
    await writeFile(log, 'why\n');
    shop.provider.failures.push(new DevregError('failure', 'START_FAILED', 'No.'));
    await expect(shop.create()).rejects.toMatchObject({ code: 'START_FAILED' });
    expect(await readFile(log, 'utf8')).toBe('why\n');
  });

  it('leaves nothing of a new registry either when it is told to end after it started', async () => {
    await using shop = await openWorkshop();
    const controller = new AbortController();
    const records = {
      ...shop.ports.records,
      save: async (record: Parameters<typeof shop.ports.records.save>[0]) => {
        await shop.ports.records.save(record);
        if (record.trusted.length > 0) controller.abort(failure);
      },
    };
    const creating = createRegistry(
      { name: 'devreg', wanted: {}, rotatePassword: false, timeout: 1 },
      { ...shop.ports, records, signal: controller.signal },
    );
    await expect(creating).rejects.toBe(failure);
    expect(shop.provider.calls).toEqual(['start registry.localtest.me 8443 5001', 'end', 'remove data devreg']);
    expect(await shop.tree()).toEqual({});
  });

  it('keeps images and password that an earlier delete had kept', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    const secret = await shop.ports.credentials.find('devreg');
    await deleteRegistry({ name: 'devreg', volumes: false }, shop.ports);
    const before = await shop.tree();
    shop.provider.failures.push(failure);
    await expect(shop.create()).rejects.toBe(failure);
    expect(await shop.tree()).toEqual(before);
    expect(await shop.ports.credentials.find('devreg')).toEqual(secret);
  });

  it('brings back the one that ran, with the password it had', async () => {
    await using shop = await openWorkshop();
    const { record } = await shop.create();
    const before = await shop.tree();
    shop.provider.failures.push(failure);
    await expect(shop.create({ user: 'other' }, { rotatePassword: true })).rejects.toBe(failure);
    const after = await shop.tree();
    const path = '.local/state/devreg/registries/devreg/record.json';
    expect({ ...after, [path]: '' }).toEqual({ ...before, [path]: '' });
    expect(shop.provider.running.get(record.settings.dataDir)?.settings).toEqual(record.settings);
    expect(await shop.create()).toMatchObject({ outcome: 'kept', record: { ...record, process: { pid: 1_002 } } });
    expect(shop.said).toContain('The registry runs again as it did before.');
  });

  it('says that undoing failed too', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    shop.provider.failures.push(failure, new Error('gone for good'));
    await expect(shop.create({}, { rotatePassword: true })).rejects.toMatchObject({
      name: 'SuppressedError',
      suppressed: failure,
      error: { message: 'gone for good' },
    });
  });
});

describe('delete', () => {
  it('takes back files that two registries share only with the second', async () => {
    await using shop = await openWorkshop();
    await shop.create({}, { name: 'one' });
    await shop.create({ port: 9_443 }, { name: 'two' });
    const shared = join(shop.home, CERTS, 'localhost:5001/ca.crt');
    await deleteRegistry({ name: 'one', volumes: true }, shop.ports);
    await expect(readFile(shared, 'utf8')).resolves.toContain('BEGIN CERTIFICATE');
    await deleteRegistry({ name: 'two', volumes: true }, shop.ports);
    expect(await shop.tree()).toEqual({});
  });

  it('does not end, nor remove the images of, somebody else who works on the folder', async () => {
    await using shop = await openWorkshop();
    const { record } = await shop.create();
    await shop.ports.records.save({ ...record, process: undefined });
    await expect(deleteRegistry({ name: 'devreg', volumes: true }, shop.ports)).rejects.toMatchObject({
      code: 'DATA_FOLDER_IN_USE',
    });
    expect(await deleteRegistry({ name: 'devreg', volumes: false }, shop.ports)).toMatchObject({
      existed: true,
      keptData: record.settings.dataDir,
    });
    expect(shop.said).toContain(
      `warning: ${record.settings.dataDir} is in use by process 1001 (some program), which goes on.`,
    );
    expect(shop.provider.calls).toEqual(['start registry.localtest.me 8443 5001', 'keep']);
  });
});
