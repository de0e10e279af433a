/** Certificates near their end: found by their files, issued anew, and brought to whoever serves them. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDue } from '../../src/workflows/due-certificates.ts';
import { type RenewPorts, renewCertificate } from '../../src/workflows/renew-certificate.ts';
import { NOW, type Workshop, openWorkshop } from './cluster/workshop.ts';

const DAY = 24 * 60 * 60 * 1000;
const after = (days: number) => new Date(NOW.getTime() + days * DAY);

const fileOf = (shop: Workshop) => join(shop.home, '.local/share/devreg/registries/dev/tls/tls.crt');
const endOf = async (shop: Workshop) => new X509Certificate(await readFile(fileOf(shop))).validToDate;

const dueAt = async (shop: Workshop, now: Date) => findDue(await shop.ports.records.list(), shop.ports.folders, now);

const portsAt = (shop: Workshop, now: Date, more: Partial<RenewPorts> = {}): RenewPorts => ({
  ...shop.ports,
  now: () => now,
  openClusters: async () => shop.machine.clusters,
  ...more,
});

async function renewAt(shop: Workshop, now: Date, more?: Partial<RenewPorts>): Promise<void> {
  const [due] = await dueAt(shop, now);
  if (due === undefined) throw new Error('Nothing is due.');
  shop.events.length = 0;
  await renewCertificate(due, portsAt(shop, now, more));
}

async function servedBy(shop: Workshop): Promise<X509Certificate> {
  const secret = await shop.machine
    .apiOf('dev')
    .get({ apiVersion: 'v1', kind: 'Secret', namespace: 'devreg', name: 'registry-tls' });
  const { data = {} } = (secret ?? {}) as { readonly data?: Readonly<Record<string, string>> };
  return new X509Certificate(Buffer.from(data['tls.crt'] ?? '', 'base64'));
}

describe('a certificate', () => {
  it.each([
    [0, undefined],
    [699, undefined],
    [701, 'due'],
    [731, 'over'],
  ])('%i days after it was made is %s', async (days, phase) => {
    await using shop = await openWorkshop();
    await shop.create();
    expect((await dueAt(shop, after(days)))[0]?.phase).toBe(phase);
  });

  it('is nobody’s concern without TLS, and where there is none', async () => {
    await using shop = await openWorkshop();
    await shop.create({ tls: 'off' });
    const { record } = await shop.create({ host: 'other.localtest.me' }, { name: 'other' });
    await shop.ports.records.save({ ...record, name: 'third' });
    expect((await dueAt(shop, after(1000))).map((due) => due.record.name)).toEqual(['other']);
  });
});

describe('of a cluster', () => {
  it('is brought into it before it is in devreg’s own file', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: podNamed('registry') };
    shop.machine.apiOf('dev').put(pod);
    const end = await endOf(shop);
    await renewAt(shop, after(701));
    expect((await endOf(shop)).getTime()).toBeGreaterThan(end.getTime());
    expect((await servedBy(shop)).fingerprint256).toBe(
      new X509Certificate(await readFile(fileOf(shop))).fingerprint256,
    );
    expect(shop.machine.apiOf('dev').changes.slice(-2)).toEqual([
      'patch Secret devreg/registry-tls',
      'patch Pod devreg/registry',
    ]);
    expect(shop.said.at(-1)).toBe('The certificate of dev was issued anew: it would have ended soon.');
    expect(await dueAt(shop, after(701))).toEqual([]);
  });

  it('stays as due as it was when the cluster does not take it', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    const end = await endOf(shop);
    const patch = async () => {
      throw new Error('no answer');
    };
    const openApi = async () => ({ ...shop.machine.apiOf('dev'), patch });
    await expect(renewAt(shop, after(701), { openApi })).rejects.toThrow('no answer');
    expect(await endOf(shop)).toEqual(end);
  });

  it('waits for the start of one that is stopped', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    await shop.machine.setRunning('dev', false);
    const end = await endOf(shop);
    await renewAt(shop, after(701));
    expect(await endOf(shop)).toEqual(end);
    expect(shop.said.join()).not.toContain('issued anew');
  });

  it('is issued once when two commands come at a time', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    const [due] = await dueAt(shop, after(701));
    if (due === undefined) throw new Error('Nothing is due.');
    await Promise.all([1, 2].map(() => renewCertificate(due, portsAt(shop, after(701)))));
    expect(shop.said.filter((text) => text.includes('issued anew'))).toHaveLength(1);
  });

  it('is not issued by an authority that ends itself', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    await expect(renewAt(shop, after(3640))).rejects.toMatchObject({ code: 'CA_DUE' });
  });
});

function podNamed(name: string) {
  return { name, namespace: 'devreg', labels: { 'app.kubernetes.io/part-of': 'devreg' } };
}
