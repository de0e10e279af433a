/** Certificates on a real disk: made once, kept, renewed, and refused when they are damaged. */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtempDisposable, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { generateKey, keyToPem } from '../../src/certs/keys.ts';
import { ensureAuthority, ensureLeaf, type StoredAuthority } from '../../src/certs/store.ts';

const DAY = 24 * 60 * 60 * 1000;
const now = new Date('2030-01-02T03:04:05Z');
const owner = 'ann@laptop';
const names = ['registry.localtest.me', 'localhost', '127.0.0.1'];

function daysLater(days: number): Date {
  return new Date(now.getTime() + days * DAY);
}

function makeTempDir() {
  return mkdtempDisposable(join(tmpdir(), 'devreg-certs-'));
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

async function contentOf(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder)).toSorted();
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')])),
  );
}

describe('ensureAuthority', () => {
  it('makes a CA for its owner alone, then keeps it', async () => {
    await using temp = await makeTempDir();
    const folder = join(temp.path, 'deep', 'ca');
    const made = await ensureAuthority(folder, { now, owner });
    expect(made).toMatchObject({
      outcome: 'made',
      files: { certificate: join(folder, 'ca.crt'), key: join(folder, 'ca.key') },
    });
    expect(await modeOf(folder)).toBe('700');
    expect(await modeOf(made.files.key)).toBe('600');
    const content = await contentOf(folder);
    expect(Object.keys(content)).toEqual(['ca.crt', 'ca.key']);
    expect(content['ca.crt']).toBe(made.authority.certificate.toString());
    expect(content['ca.key']).toBe(keyToPem(made.authority.key));

    const kept = await ensureAuthority(folder, { now: daysLater(3000), owner: 'bob@desktop', renew: true });
    expect(kept.outcome).toBe('kept');
    expect(kept.facts).toEqual(made.facts);
    expect(await contentOf(folder)).toEqual(content);
  });

  it('closes a folder that was open to others', async () => {
    await using temp = await makeTempDir();
    await chmod(temp.path, 0o755);
    await ensureAuthority(temp.path, { now, owner });
    expect(await modeOf(temp.path)).toBe('700');
  });

  it('goes on where it was stopped between key and certificate', async () => {
    await using temp = await makeTempDir();
    const key = await generateKey(2048);
    await writeFile(join(temp.path, 'ca.key'), keyToPem(key), { mode: 0o600 });
    const { outcome, authority } = await ensureAuthority(temp.path, { now, owner });
    expect(outcome).toBe('made');
    expect(authority.certificate.checkPrivateKey(key)).toBe(true);
  });

  it('ends with one CA when many ask at once in one process', async () => {
    await using temp = await makeTempDir();
    const all = await Promise.all(Array.from({ length: 6 }, () => ensureAuthority(temp.path, { now, owner })));
    expect(all.filter(({ outcome }) => outcome === 'made')).toHaveLength(1);
    expect(new Set(all.map(({ facts }) => facts.fingerprint)).size).toBe(1);
    expect(Object.keys(await contentOf(temp.path))).toEqual(['ca.crt', 'ca.key']);
  });

  it('ends with one CA when processes ask at once', async () => {
    await using temp = await makeTempDir();
    const folder = join(temp.path, 'ca');
    const program = join(import.meta.dirname, 'support', 'ensure-authority.ts');
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, [program, folder], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    onTestFinished(() => children.forEach((child) => child.kill()));
    const outputs = children.map((child) => createInterface(child.stdout)[Symbol.asyncIterator]());
    const nextLines = async () => Promise.all(outputs.map(async (lines) => String((await lines.next()).value)));

    expect(await nextLines()).toEqual(['ready', 'ready', 'ready']);
    for (const child of children) child.stdin.end();
    const results = (await nextLines()).toSorted().map((line): unknown => JSON.parse(line));

    const { facts } = await ensureAuthority(folder, { now: new Date(), owner });
    const fingerprint = facts.fingerprint;
    expect(results).toEqual(['kept', 'kept', 'made'].map((outcome) => ({ outcome, fingerprint })));
    expect(Object.keys(await contentOf(folder))).toEqual(['ca.crt', 'ca.key']);
  });
});

describe('a CA near the end of its time', () => {
  it.each([
    ['in its last 30 days', 3652 - 29, 'CA_DUE', 'expires on 2040-01-02T03:04:05.000Z'],
    ['after its end', 3653, 'CA_OVER', 'expired on 2040-01-02T03:04:05.000Z'],
  ])('is refused %s, and renewed when that is asked for', async (_, days, code, words) => {
    await using temp = await makeTempDir();
    const { authority, files } = await ensureAuthority(temp.path, { now, owner });
    const { leaf } = await ensureLeaf(join(temp.path, 'leaf'), authority, names, { now });
    const later = { now: daysLater(days), owner: 'bob@desktop' };
    await expect(ensureAuthority(temp.path, later)).rejects.toMatchObject({
      kind: 'failure',
      code,
      message: `The certificate authority ${files.certificate} ${words}.`,
      hint: expect.stringContaining('devreg create'),
    });

    const renewed = await ensureAuthority(temp.path, { ...later, renew: true });
    expect(renewed.outcome).toBe('renewed');
    expect(renewed.authority.key.equals(authority.key)).toBe(true);
    expect(leaf.certificate.verify(renewed.authority.certificate.publicKey)).toBe(true);
    const kept = await ensureAuthority(temp.path, later);
    expect(kept).toMatchObject({ outcome: 'kept', facts: renewed.facts });
  });

  it('is refused before its time, where renewing would not help', async () => {
    await using temp = await makeTempDir();
    await ensureAuthority(temp.path, { now, owner });
    const refusal = { kind: 'failure', code: 'CA_EARLY', hint: expect.stringContaining('2029-12-23T03:04:05.000Z') };
    await expect(ensureAuthority(temp.path, { now: daysLater(-10), owner, renew: true })).rejects.toMatchObject(
      refusal,
    );
  });
});

describe('ensureLeaf', () => {
  let ca: StoredAuthority;
  beforeAll(async () => {
    await using temp = await makeTempDir();
    ca = await ensureAuthority(temp.path, { now, owner });
  });

  it('makes a pair that belongs together, then keeps it', async () => {
    await using temp = await makeTempDir();
    const folder = join(temp.path, 'leaf');
    const made = await ensureLeaf(folder, ca.authority, names, { now });
    expect(made).toMatchObject({ outcome: 'made', reason: undefined, facts: { names } });
    expect(made.files).toEqual({ certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') });
    expect([await modeOf(folder), await modeOf(made.files.key)]).toEqual(['700', '600']);
    const content = await contentOf(folder);

    const kept = await ensureLeaf(folder, ca.authority, ['LOCALHOST'], { now: daysLater(600) });
    expect(kept).toMatchObject({ outcome: 'kept', facts: made.facts });
    expect(await contentOf(folder)).toEqual(content);
  });

  it.each([
    ['it is due', 'due', names, 710],
    ['it is over', 'over', names, 800],
    ['it lacks a name', 'names', [...names, 'registry.devreg.svc'], 1],
  ])('renews it when %s, for the same key', async (_, reason, wanted, days) => {
    await using temp = await makeTempDir();
    const made = await ensureLeaf(temp.path, ca.authority, names, { now });
    const renewed = await ensureLeaf(temp.path, ca.authority, wanted, { now: daysLater(days) });
    expect(renewed).toMatchObject({
      outcome: 'renewed',
      reason,
      facts: { names: wanted, notAfter: daysLater(days + 730) },
    });
    expect(renewed.leaf.key.equals(made.leaf.key)).toBe(true);
    expect((await ensureLeaf(temp.path, ca.authority, wanted, { now: daysLater(days) })).outcome).toBe('kept');
    expect(Object.keys(await contentOf(temp.path))).toEqual(['tls.crt', 'tls.key']);
  });

  it('renews it when the CA is another', async () => {
    await using temp = await makeTempDir();
    const other = await ensureAuthority(join(temp.path, 'ca'), { now, owner });
    await ensureLeaf(join(temp.path, 'leaf'), ca.authority, names, { now });
    const renewed = await ensureLeaf(join(temp.path, 'leaf'), other.authority, names, { now });
    expect(renewed).toMatchObject({ outcome: 'renewed', reason: 'authority' });
  });

  it('leaves nothing but a key behind when a name is refused', async () => {
    await using temp = await makeTempDir();
    const refused = ensureLeaf(temp.path, ca.authority, ['example.com'], { now });
    await expect(refused).rejects.toMatchObject({ code: 'NAME_OUTSIDE_CA' });
    expect(Object.keys(await contentOf(temp.path))).toEqual(['tls.key']);
    expect((await ensureLeaf(temp.path, ca.authority, names, { now })).outcome).toBe('made');
  });

  it('gives every caller a pair when many ask at once for different names', async () => {
    await using temp = await makeTempDir();
    const wanted = Array.from({ length: 6 }, (_, index) => [`app${index}.localtest.me`]);
    const all = await Promise.all(wanted.map((one) => ensureLeaf(temp.path, ca.authority, one, { now })));
    expect(all.map(({ facts }) => facts.names)).toEqual(wanted);
    for (const { leaf } of all) expect(leaf.certificate.checkPrivateKey(leaf.key)).toBe(true);
    const content = await contentOf(temp.path);
    expect(Object.keys(content)).toEqual(['tls.crt', 'tls.key']);
    expect(all.map(({ leaf }) => leaf.certificate.toString())).toContain(content['tls.crt']);
  });
});

describe('what is damaged', () => {
  const otherKey = () => keyToPem(generateRsa());
  const damages: [string, string, string, (folder: string) => Promise<void>][] = [
    ['an empty certificate', 'ca.crt', 'not a certificate in PEM', (folder) => truncate(join(folder, 'ca.crt'))],
    ['half a certificate', 'ca.crt', 'not a whole one', (folder) => truncate(join(folder, 'ca.crt'), 700)],
    ['half a key', 'ca.key', 'not a whole one', (folder) => truncate(join(folder, 'ca.key'), 700)],
    ['no key', 'ca.key', 'is missing', (folder) => rm(join(folder, 'ca.key'))],
    ['another key', 'ca.key', 'is not the key of', (folder) => writeFile(join(folder, 'ca.key'), otherKey())],
    ['a key of another kind', 'ca.key', 'not an RSA key', (folder) => writeFile(join(folder, 'ca.key'), ecKey())],
    ['a certificate that is no CA', 'ca.crt', 'not the certificate of a root authority', putLeaf],
  ];

  function generateRsa() {
    return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  }

  function ecKey(): string {
    return keyToPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  }

  async function putLeaf(folder: string): Promise<void> {
    const { authority } = await ensureAuthority(folder, { now, owner });
    const { leaf } = await ensureLeaf(join(folder, 'leaf'), authority, names, { now });
    await writeFile(join(folder, 'ca.crt'), leaf.certificate.toString());
    await writeFile(join(folder, 'ca.key'), keyToPem(leaf.key));
  }

  it.each(damages)('is refused with the name of the file, and left as it is: %s', async (_, file, words, damage) => {
    await using temp = await makeTempDir();
    const folder = join(temp.path, 'ca');
    await ensureAuthority(folder, { now, owner });
    await damage(folder);
    const before = await contentOf(folder).catch(() => undefined);
    const refusal = await ensureAuthority(folder, { now, owner, renew: true }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      kind: 'failure',
      code: 'CERTIFICATE_DAMAGED',
      hint: expect.stringContaining('have new ones made'),
    });
    expect(refusal).toHaveProperty('message', expect.stringContaining(join(folder, file)));
    expect(refusal).toHaveProperty('message', expect.stringContaining(words));
    expect(await contentOf(folder).catch(() => undefined)).toEqual(before);
  });

  it('is refused for a leaf as well', async () => {
    await using temp = await makeTempDir();
    const { authority } = await ensureAuthority(join(temp.path, 'ca'), { now, owner });
    const { files } = await ensureLeaf(temp.path, authority, names, { now });
    await truncate(files.certificate, 700);
    const refused = ensureLeaf(temp.path, authority, names, { now });
    await expect(refused).rejects.toMatchObject({
      code: 'CERTIFICATE_DAMAGED',
      message: expect.stringContaining(files.certificate),
    });
  });
});

describe('what the file system refuses', () => {
  it('is said in a sentence: a file in the place of the folder', async () => {
    await using temp = await makeTempDir();
    const path = join(temp.path, 'ca');
    await writeFile(path, 'mine');
    const message = `Cannot make the folder ${path}: something else is in its place.`;
    await expect(ensureAuthority(path, { now, owner })).rejects.toMatchObject({
      kind: 'failure',
      code: 'PATH_BLOCKED',
      message,
    });
    const below = join(path, 'deeper');
    await expect(ensureAuthority(below, { now, owner })).rejects.toMatchObject({ code: 'PATH_BLOCKED' });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('is said in a sentence: a folder in the place of the certificate', async () => {
    await using temp = await makeTempDir();
    const path = join(temp.path, 'ca.crt');
    await mkdir(path);
    const message = `Cannot read ${path}: a folder is in its place.`;
    await expect(ensureAuthority(temp.path, { now, owner })).rejects.toMatchObject({ code: 'PATH_BLOCKED', message });
  });
});
