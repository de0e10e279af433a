/** Archives: what is written can be read, and nothing in it depends on when and where it was written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArchiveFile, withFolders } from '../../src/tar/archive-file.ts';
import { writeTar } from '../../src/tar/write-tar.ts';
import { scanTar } from '../../src/tar/scan-tar.ts';
import { collect, readTar } from '../image/read-archive.ts';
import { accessOf } from './tar-headers.ts';

const fileOf = (path: string, text = 'x', mode = 0o644): ArchiveFile => ({
  kind: 'bytes',
  path,
  mode,
  bytes: Buffer.from(text),
});

describe('an archive', () => {
  it('holds files and the folders they are in, in one order', async () => {
    const files = withFolders([
      fileOf('b/c/file', 'hello', 0o755),
      { kind: 'folder', path: 'tmp', mode: 0o1777 },
      fileOf('a', ''),
    ]);
    const entries = readTar(await collect(writeTar(files)));
    expect([...entries].map(([path, { mode, isFolder, bytes }]) => [path, mode, isFolder, bytes.toString()])).toEqual([
      ['a', 0o644, false, ''],
      ['b/', 0o755, true, ''],
      ['b/c/', 0o755, true, ''],
      ['b/c/file', 0o755, false, 'hello'],
      ['tmp/', 0o1777, true, ''],
    ]);
  });

  it('gives back every content and path that fits, whatever the lengths', async () => {
    const component = fc.string({ unit: fc.constantFrom('a', 'ä', '.', '-'), minLength: 1, maxLength: 40 });
    const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(path, fc.nat(2000), async (name, length) => {
        const entries = readTar(await collect(writeTar([fileOf(name, 'y'.repeat(length))])));
        expect([...entries.keys()]).toEqual([name]);
        expect(entries.get(name)?.bytes.length).toBe(length);
      }),
    );
  });

  it.each([
    ['name', 'x'.repeat(101)],
    ['folder on the way', `${'x/'.repeat(130)}y`],
    ['name in other letters', `${'ä'.repeat(120)}/ß`],
  ])('writes a %s that fits no header before it', async (_what, path) => {
    const archive = await collect(writeTar([fileOf(path, 'long'), fileOf('b', 'short')]));
    const members = await Array.fromAsync(scanTar(accessOf(archive)));
    expect(members.map((member) => [member.path, member.kind, member.size])).toEqual([
      [path, 'file', 4],
      ['b', 'file', 5],
    ]);
    expect(archive.toString('latin1', members[0]?.at).startsWith('long')).toBe(true);
  });

  it('may have files beyond eight gigabytes', async () => {
    const open = async function* () {};
    const length = 9_000_000_000;
    const file: ArchiveFile = { kind: 'stream', path: 'large', mode: 0o644, length, open };
    const { value: header = expect.unreachable() } = await writeTar([file]).next();
    const members = await Array.fromAsync(scanTar(accessOf(header, header.length + length)));
    expect(members).toMatchObject([{ path: 'large', size: length, at: 512 }]);
  });

  it.each([
    ['longer', 'xxx'],
    ['shorter', 'x'],
  ])('is given up when a file turns out %s than it was', async (_how, text) => {
    const open = async function* () {
      yield Buffer.from(text);
    };
    const file: ArchiveFile = { kind: 'stream', path: 'a', mode: 0o644, length: 2, open };
    await expect(collect(writeTar([file]))).rejects.toMatchObject({ name: 'InputChangedError' });
  });
});
