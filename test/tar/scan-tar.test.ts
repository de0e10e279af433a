/** What is in an archive is found whoever wrote it, and what is damaged is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPaxRecord } from '../../src/tar/pax.ts';
import { scanTar, type TarMember } from '../../src/tar/scan-tar.ts';
import { accessOf, makeEntry, makeTar } from './tar-headers.ts';

function scan(archive: Buffer, size?: number): Promise<TarMember[]> {
  return Array.fromAsync(scanTar(accessOf(archive, size)));
}

const GNU = 'ustar  \0';

describe('an archive', () => {
  it('is read in the order it has', async () => {
    const archive = makeTar(
      { name: 'folder/', type: '5' },
      { name: 'folder/a', content: 'hello' },
      { name: 'old', type: '\0', content: 'x'.repeat(512) },
      { name: 'old/', type: '\0' },
      { name: 'link', type: '2', link: '../a' },
      { name: 'hard', type: '1', link: 'folder/a' },
      { name: 'device', type: '3' },
      { name: 'name', prefix: 'a/long', content: '1' },
    );
    expect((await scan(archive)).map(({ path, kind, size, target }) => [path, kind, size, target])).toEqual([
      ['folder/', 'folder', 0, ''],
      ['folder/a', 'file', 5, ''],
      ['old', 'file', 512, ''],
      ['old/', 'folder', 0, ''],
      ['link', 'symbolic-link', 0, '../a'],
      ['hard', 'hard-link', 0, 'folder/a'],
      ['device', 'other', 0, ''],
      ['a/long/name', 'file', 1, ''],
    ]);
  });

  it('may have long names by GNU, for the next entry alone', async () => {
    const [path, target] = ['p'.repeat(300), 't'.repeat(200)];
    const archive = makeTar(
      { name: '././@LongLink', type: 'K', content: `${target}\0`, magic: GNU },
      { name: '././@LongLink', type: 'L', content: `${path}\0`, magic: GNU },
      { name: path.slice(0, 100), type: '2', link: 'short', magic: GNU },
      // GNU has times where others have a prefix.
      { name: 'next', prefix: '14741552023', content: 'n', magic: GNU },
    );
    expect(await scan(archive)).toMatchObject([
      { path, target },
      { path: 'next', size: 1 },
    ]);
  });

  it('may say path, link and size in an extended header', async () => {
    const records = [
      formatPaxRecord('path', 'ä/b'),
      formatPaxRecord('linkpath', 'ß'),
      formatPaxRecord('size', '3'),
      formatPaxRecord('mtime', '1.5'),
    ].join('');
    const content = Buffer.from(records).toString('latin1');
    const archive = makeTar(
      { name: 'global', type: 'g', content: formatPaxRecord('comment', 'hash') },
      { name: 'pax', type: 'x', content },
      { name: 'plain', content: 'abc', size: '0'.repeat(11) },
      { name: 'next', content: 'n' },
    );
    expect(await scan(archive)).toMatchObject([
      { path: 'ä/b', target: 'ß', size: 3 },
      { path: 'next', size: 1 },
    ]);
  });

  it('may have files beyond eight gigabytes, in binary', async () => {
    const size = Buffer.alloc(12);
    size[0] = 0x80;
    size.writeBigUInt64BE(9_000_000_000n, 4);
    const archive = makeEntry({ name: 'large', size });
    const [member] = await scan(archive, 512 + 9_000_000_000);
    expect(member).toMatchObject({ path: 'large', at: 512, size: 9_000_000_000 });
  });

  it('may end without its end, at the end of an entry', async () => {
    expect(await scan(makeEntry({ name: 'a', content: 'x' }))).toHaveLength(1);
  });

  it('is found again from every record that is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 1200 }), (value) => {
        const record = Buffer.from(formatPaxRecord('path', value));
        expect(record.toString('latin1').startsWith(`${record.length} `)).toBe(true);
      }),
    );
  });
});

describe('it is refused', () => {
  const sparse = formatPaxRecord('GNU.sparse.major', '1');
  it.each<[string, Buffer, string]>([
    ['when it is something else', Buffer.alloc(2048, 'x'), 'it is not a tar archive'],
    ['when it is too short', Buffer.from('PK'), 'it ends too early'],
    ['when a header is damaged', corrupted(), 'it is damaged'],
    ['when it ends in an entry', makeEntry({ name: 'a', content: 'x', size: '00000010000' }), 'it ends too early'],
    [
      'when it ends in a header',
      Buffer.concat([makeEntry({ name: 'a' }), Buffer.alloc(100, 'x')]),
      'it ends too early',
    ],
    ['with a negative size', makeTar({ name: 'a', size: Buffer.alloc(12, 0xff) }), 'it is damaged'],
    ['with a size beyond counting', makeTar({ name: 'a', size: Buffer.alloc(12, 0x80) }), 'it is damaged'],
    ['with a size that is no number', makeTar({ name: 'a', size: '9999x' }), 'it is damaged'],
    ['with sparse files by GNU', makeTar({ name: 'a', type: 'S', magic: GNU }), 'sparse'],
    ['with sparse files by pax', makeTar({ name: 'x', type: 'x', content: sparse }, { name: 'a' }), 'sparse'],
    ['with records that are none', makeTar({ name: 'x', type: 'x', content: '99 path=a\n' }, { name: 'a' }), 'damaged'],
    ['with a name that fills the memory', makeTar({ name: 'L', type: 'L', size: '77777777777' }), 'too long'],
  ])('%s', async (_when, archive, why) => {
    await expect(scan(archive)).rejects.toMatchObject({
      name: 'TarDamagedError',
      message: expect.stringContaining(why),
    });
  });
});

function corrupted(): Buffer {
  const archive = makeTar({ name: 'a' }, { name: 'b' });
  archive[512] = 'c'.charCodeAt(0);
  return archive;
}
