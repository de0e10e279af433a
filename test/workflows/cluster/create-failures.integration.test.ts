/** What the recipe of clusters does when something fails or is interrupted: nothing half-made is left behind. */
import { describe, expect, it } from 'vitest';
import { DevregError } from '../../../src/errors.ts';
import { HOSTS, type Workshop, openWorkshop } from './workshop.ts';

const INTERRUPTED = new DevregError('interrupted', 'INTERRUPTED', 'Interrupted.');
const REFUSED = new DevregError('failure', 'SOMETHING_FAILED', 'Something failed.');

/** With everything that can be done on the way. */
const FULL = {
  resolving: () => false,
  mayWriteHosts: true,
  mayLogIn: true,
  script: [{ argv: /^docker login/ }],
  programs: ['docker'],
} as const;

/** All that happens, but not every object that is applied. */
const STEPS = [
  'save creating',
  'assemble the image',
  'create dev',
  'install on dev-control-plane',
  'import localhost/devreg-registry:test on dev-control-plane',
  'trust on dev-control-plane',
  'export dev',
  'apply Namespace devreg',
  'apply Secret registry-credential',
  'apply Deployment registry',
  'apply Deployment traefik',
  'save ready',
  'resolve registry.localtest.me',
  'ask for hosts',
  'ask for logins',
];

/** Does something at the first event of a name. */
function at(shop: Workshop, wanted: string, act: () => void): void {
  let isOver = false;
  shop.onEvent = (event) => {
    if (isOver || event !== wanted) return;
    isOver = true;
    act();
  };
}

async function expectNothing(shop: Workshop): Promise<void> {
  expect(Object.keys(await shop.tree())).toEqual([]);
  expect(await shop.machine.clusters.list()).toEqual([]);
  expect(shop.machine.engine.containers).toEqual([]);
  expect(shop.machine.provider.contexts.size).toBe(0);
  expect(await shop.hosts()).toBe(HOSTS);
}

it('the steps below are those of a cluster that comes about', async () => {
  await using shop = await openWorkshop(FULL);
  await shop.create();
  expect(shop.events).toEqual(expect.arrayContaining(STEPS));
});

describe('of a new cluster nothing is left', () => {
  it.each(STEPS)('when it is interrupted at: %s', async (step) => {
    await using shop = await openWorkshop(FULL);
    at(shop, step, () => shop.controller.abort(INTERRUPTED));
    await expect(shop.create()).rejects.toBe(INTERRUPTED);
    await expectNothing(shop);
  });

  it('when it is interrupted at the very end', async () => {
    await using shop = await openWorkshop();
    let saves = 0;
    shop.onEvent = (event) => {
      if (event === 'save ready' && (saves += 1) === 2) shop.controller.abort(INTERRUPTED);
    };
    await expect(shop.create()).rejects.toBe(INTERRUPTED);
    expect(saves).toBe(2);
    await expectNothing(shop);
  });

  it.each(STEPS.filter((step) => !step.startsWith('save ready')))('when this fails: %s', async (step) => {
    await using shop = await openWorkshop(FULL);
    at(shop, step, () => {
      throw REFUSED;
    });
    const failure = await shop.create().catch((error: unknown) => error);
    expect(failure).toMatchObject(
      // The engine in memory tells of a command in its own words.
      / on /.test(step) ? { code: 'EXEC_FAILED', cause: REFUSED } : { code: REFUSED.code },
    );
    await expectNothing(shop);
  });

  it('when the provider fails, or the image cannot be made', async () => {
    await using birth = await openWorkshop({ birthFailure: REFUSED });
    await expect(birth.create()).rejects.toBe(REFUSED);
    await expectNothing(birth);
    await using image = await openWorkshop({ imageFailure: REFUSED });
    await expect(image.create()).rejects.toBe(REFUSED);
    await expectNothing(image);
  });

  it('when it takes too long, which says what it waited for', async () => {
    await using shop = await openWorkshop({ broken: 'traefik' });
    await expect(shop.create({}, { timeout: 1_000 })).rejects.toMatchObject({
      kind: 'timeout',
      code: 'CLUSTER_TIMEOUT',
      message: expect.stringContaining('Deployment devreg/traefik did not come up in time'),
    });
    await expectNothing(shop);
  });

  it('when its doors never open, which says so with the last answer', async () => {
    await using shut = await openWorkshop({ hasDoors: false });
    await expect(shut.create({}, { timeout: 1_000 })).rejects.toMatchObject({
      kind: 'timeout',
      code: 'DOOR_CLOSED',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expectNothing(shut);
    await using wrong = await openWorkshop();
    wrong.machine.doors.status = 502;
    await expect(wrong.create({}, { timeout: 1_000 })).rejects.toMatchObject({
      code: 'DOOR_CLOSED',
      message: expect.stringContaining('status 502'),
    });
  });

  it('when nobody may vouch for its name', async () => {
    await using shop = await openWorkshop();
    await expect(shop.create({ host: 'registry.example.com' })).rejects.toMatchObject({
      code: 'NAME_OUTSIDE_CA',
      hint: expect.stringContaining('--protocol http'),
    });
    await expectNothing(shop);
    expect(shop.events).toEqual([]);
  });

  it('when its configuration is broken', async () => {
    await using shop = await openWorkshop();
    await expect(shop.create({ kindConfig: { source: 'mine.yaml', text: 'a: [' } })).rejects.toMatchObject({
      code: 'KIND_CONFIG_INVALID',
      message: expect.stringContaining('mine.yaml:'),
    });
    await expectNothing(shop);
  });

  it('and the next try succeeds', async () => {
    await using shop = await openWorkshop();
    at(shop, 'apply Deployment registry', () => {
      throw REFUSED;
    });
    await expect(shop.create()).rejects.toBe(REFUSED);
    expect((await shop.create()).outcome).toBe('created');
  });
});

describe('with --keep-on-failure', () => {
  it('everything stays: cluster, record, credentials, certificate; and the next try begins anew', async () => {
    await using shop = await openWorkshop();
    at(shop, 'apply Deployment registry', () => {
      throw REFUSED;
    });
    await expect(shop.create({}, { keepOnFailure: true })).rejects.toBe(REFUSED);
    expect(await shop.machine.clusters.list()).toEqual(['dev']);
    expect(shop.machine.provider.orders[0]).toMatchObject({ keepOnFailure: true });
    expect(await shop.ports.records.find('dev')).toMatchObject({ stage: 'creating' });
    const credentials = await shop.ports.credentials.find('dev');
    expect(credentials?.password).toHaveLength(32);
    expect(await shop.tree()).toHaveProperty(['.local/share/devreg/registries/dev/tls/tls.key']);
    expect((await shop.create()).outcome).toBe('recreated');
    expect(await shop.ports.credentials.find('dev')).toEqual(credentials);
  });

  it('one that succeeds is like any other', async () => {
    await using shop = await openWorkshop();
    expect((await shop.create({}, { keepOnFailure: true })).record.stage).toBe('ready');
  });
});

describe('a cluster that was there', () => {
  it.each([
    'trust on dev-control-plane',
    'apply Secret registry-credential',
    'apply Deployment registry',
    'resolve images.localtest.me',
    'ask for logins',
  ])('stays as it is remembered when a change is interrupted at: %s', async (step) => {
    await using shop = await openWorkshop();
    const { record } = await shop.create();
    const credentials = await shop.ports.credentials.find('dev');
    at(shop, step, () => shop.controller.abort(INTERRUPTED));
    await expect(shop.create({ host: 'images.localtest.me' }, { rotatePassword: true })).rejects.toBe(INTERRUPTED);
    expect(await shop.machine.clusters.list()).toEqual(['dev']);
    const { trusted, ...found } = { trusted: [], ...(await shop.ports.records.find('dev')) };
    const { trusted: before, ...rest } = record;
    expect(found).toEqual(rest);
    expect(trusted).toEqual(expect.arrayContaining([...before]));
    expect(await shop.ports.credentials.find('dev')).toEqual(credentials);
  });

  it('forgets nothing that an interrupted change wrote on this machine', async () => {
    await using shop = await openWorkshop({ resolving: (host) => host !== 'images.localtest.me', mayWriteHosts: true });
    await shop.create();
    at(shop, 'ask for logins', () => shop.controller.abort(INTERRUPTED));
    await expect(shop.create({ host: 'images.localtest.me' })).rejects.toBe(INTERRUPTED);
    const written = Object.keys(await shop.tree()).filter((name) => name.endsWith('ca.crt'));
    expect(written.join()).toContain('images.localtest.me');
    const record = await shop.ports.records.find('dev');
    const known = record?.trusted.map(({ path }) => path) ?? [];
    for (const name of written) expect(known).toContain(`${shop.home}/${name}`);
    expect(record).toMatchObject({ hostsFile: shop.ports.hostsFile, settings: { host: 'registry.localtest.me' } });
  });
});
