/** Every blob, upload and repository has a path of its own below the root, and every path tells whose it is. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { digestOfFile, repositoryOfFile, storagePaths, uploadOfFile } from '../../../src/registry/storage/paths.ts';
import { newUploadId, repository } from '../../support/contracts/blob-store-samples.ts';

const paths = storagePaths('/data');
const component = fc.stringMatching(/^[a-z0-9]{1,3}(?:(?:\.|_|__|-{1,2})[a-z0-9]{1,2}){0,2}$/);
const name = fc.array(component, { minLength: 1, maxLength: 4 }).map((components) => repository(components.join('/')));

it('lays blobs out by algorithm and first digits', () => {
  const digest = digestOf('hello');
  expect(paths.blob(digest).path).toBe(`/data/blobs/sha256/2c/${digest.slice(7)}`);
  expect(paths.blob(digest).directory).toBe('/data/blobs/sha256/2c');
  expect(paths.blob(digestOf('hello', 'sha512')).path).toMatch(/^\/data\/blobs\/sha512\/9b\/9b[0-9a-f]{126}$/);
});

it('keeps a relative root where it was', () => {
  expect(storagePaths('data').uploads).toBe(`${process.cwd()}/data/uploads`);
  expect(storagePaths('/data/../other/').uploads).toBe('/other/uploads');
});

it('tells a blob by its file, and nothing else', () => {
  const hex = digestOf('hello').slice(7);
  expect(digestOfFile('sha256', '2c', hex)).toBe(digestOf('hello'));
  for (const [digits, file] of [
    ['2d', hex],
    ['2', hex],
    ['', hex],
    ['2c', hex.slice(1)],
    ['2c', hex.toUpperCase()],
    ['2c', `${hex}0`],
  ] as const) {
    expect(digestOfFile('sha256', digits, file)).toBeUndefined();
  }
  expect(digestOfFile('sha512', '2c', hex)).toBeUndefined();
});

it('tells an upload by its file, and nothing else', () => {
  const id = newUploadId();
  expect(paths.upload(id)).toBe(`/data/uploads/${id}`);
  expect(uploadOfFile(id)).toBe(id);
  for (const file of ['', id.toUpperCase(), `${id}.tmp`, ` ${id}`, `${id}\n`, '..'])
    expect(uploadOfFile(file)).toBeUndefined();
});

it('gives every repository one file, whatever its name and without regard to case', () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      const [file, otherFile] = [paths.repository(one).path, paths.repository(other).path];
      expect(file.toLowerCase() === otherFile.toLowerCase()).toBe(one === other);
      expect(file.startsWith('/data/repositories/')).toBe(true);
      expect(file.slice('/data/repositories/'.length)).not.toContain('/');
      expect(repositoryOfFile(file.slice('/data/repositories/'.length))).toBe(one);
    }),
  );
});

it('takes no other file for a repository', () => {
  for (const file of ['', '+', 'a+', 'a++b', 'a/b', '.', '..', 'A', 'a.tmp~', '.a'])
    expect(repositoryOfFile(file)).toBeUndefined();
});
