/** The digest of a file that grows is that of the bytes stored, and of no others. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { FollowingDigest } from '../../../src/registry/storage/upload-digest.ts';
import { PowerLossFileSystem } from '../../support/fakes/power-loss-file-system.ts';
import { inlineHashing } from './inline-hashing.ts';

async function fileOf(text: string) {
  const file = await new PowerLossFileSystem().createFile('/file');
  if (file === undefined) throw new Error('the file is there already');
  await file.write([Buffer.from(text)], 0);
  return file;
}

it('leaves out bytes of a write that is not over', async () => {
  const digest = new FollowingDigest(await fileOf('stored, and not yet'), inlineHashing(), 'sha256', 6);
  expect(await digest.finish()).toBe(digestOf('stored'));
});

it('follows the file in steps of any size', async () => {
  const text = 'x'.repeat(50_000);
  const digest = new FollowingDigest(await fileOf(text), inlineHashing(), 'sha512', 0);
  for (const size of [1, 4_096, 4_097, 4_097, 20_000]) {
    digest.stored(size);
    await Promise.resolve();
  }
  digest.stored(text.length);
  expect(await digest.finish()).toBe(digestOf(text, 'sha512'));
});

it('has none for a file that is shorter than it should be', async () => {
  const digest = new FollowingDigest(await fileOf('short'), inlineHashing(), 'sha256', 6);
  await expect(digest.finish()).rejects.toMatchObject({ reason: 'damaged' });
  await digest.stop();
});
