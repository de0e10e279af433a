/** Where images are, as people write it. */
import { describe, expect, it } from 'vitest';
import {
  endOf,
  formatPlace,
  hostIn,
  parseImagePlace,
  parseRegistryReference,
  parseRepositoryPlace,
} from '../../../src/workflows/images/image-place.ts';

const own = () => 'localhost:5001';

describe('images', () => {
  it.each([
    ['alpine', 'docker://docker.io/library/alpine'],
    ['docker://alpine:3', 'docker://docker.io/library/alpine:3'],
    ['@app:1', 'docker://localhost:5001/app:1'],
    ['docker://@team/app', 'docker://localhost:5001/team/app'],
    ['quay.io/a/b:c', 'docker://quay.io/a/b:c'],
    ['oci:folder:1', 'oci:folder:1'],
    ['dir:/a b', 'dir:/a b'],
    ['docker-daemon:app:1', 'docker-daemon:app:1'],
  ])('%s', (text, expected) => {
    expect(formatPlace(parseImagePlace(text, own))).toBe(expected);
  });

  it.each(['', '@', 'UPPER', 'docker://', 'a b', 'app:'])('%j names none', (text) => {
    expect(() => parseImagePlace(text, own)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }));
  });

  it.each(['oci:folder', 'dir:x', 'docker-daemon:app:1'])(
    '%s is none of a registry, unless it is said to be',
    (text) => {
      expect(() => parseRegistryReference(text, own)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }));
      expect(parseRegistryReference('docker://oci:folder', own).repository).toBe('library/oci');
    },
  );

  it('an own one needs a registry', () => {
    const none = () => {
      throw new Error('there is none');
    };
    expect(() => parseImagePlace('@app', none)).toThrow('there is none');
    expect(() => parseImagePlace('app', none)).not.toThrow();
  });
});

it.each([
  ['app', ':latest'],
  ['app:1', ':1'],
  [`app@sha256:${'a'.repeat(64)}`, `@sha256:${'a'.repeat(64)}`],
  [`app:1@sha256:${'a'.repeat(64)}`, `@sha256:${'a'.repeat(64)}`],
])('%s ends in %s', (text, end) => {
  expect(endOf(parseRegistryReference(text, own))).toBe(end);
});

describe('registries and repositories', () => {
  it.each([
    ['localhost:5002', { host: 'localhost:5002', repository: undefined }],
    ['docker://quay.io', { host: 'quay.io', repository: undefined }],
    ['quay.io/', { host: 'quay.io', repository: undefined }],
    ['app', { host: 'localhost:5001', repository: 'app' }],
    ['team/app', { host: 'localhost:5001', repository: 'team/app' }],
    ['@team/app', { host: 'localhost:5001', repository: 'team/app' }],
    ['quay.io/team/app', { host: 'quay.io', repository: 'team/app' }],
    ['docker://alpine', { host: 'docker.io', repository: 'library/alpine' }],
  ])('%s', (text, expected) => {
    expect(parseRepositoryPlace(text, own)).toEqual(expected);
  });

  it.each(['alpine', 'team/app', '@app', ''])('%j is no registry alone', (text) => {
    expect(hostIn(text)).toBeUndefined();
  });
});
