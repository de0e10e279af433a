/** Where a sync puts images, as skopeo does. */
import { describe, expect, it } from 'vitest';
import { formatPlace, parseRegistryReference } from '../../../src/workflows/images/image-place.ts';
import { parseDestination, placeIn, placeOfFolder } from '../../../src/workflows/images/sync-destination.ts';

const own = () => 'localhost:5001';
const destination = (
  text: string,
  { scoped = false, suffix = '', kind = undefined as 'docker' | 'dir' | undefined } = {},
) => parseDestination({ text, kind, scoped, suffix }, own);
const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('images go', () => {
  it.each([
    ['quay.io/team/app:1', 'host.example/mirror', {}, 'docker://host.example/mirror/app:1'],
    ['quay.io/team/app:1', 'docker://host.example:5000', {}, 'docker://host.example:5000/app:1'],
    ['quay.io/team/app:1', '@', {}, 'docker://localhost:5001/app:1'],
    ['quay.io/team/app:1', '@mirror', { suffix: '-x' }, 'docker://localhost:5001/mirror/app:1-x'],
    ['quay.io/team/app:1', 'host.example/mirror', { scoped: true }, 'docker://host.example/mirror/quay.io/team/app:1'],
    ['nginx:1', 'dir:/usb', { scoped: true }, 'dir:/usb/docker.io/library/nginx:1'],
    ['localhost:5000/a/b:1', 'dir:/usb', { scoped: true }, 'dir:/usb/localhost:5000/a/b:1'],
    ['nginx:1', '/usb', { kind: 'dir' }, 'dir:/usb/nginx:1'],
    [`nginx@${DIGEST}`, 'dir:/usb', {}, `dir:/usb/nginx@${DIGEST}`],
    [`nginx:1@${DIGEST}`, 'host.example', {}, 'docker://host.example/nginx:1'],
  ] as const)('%s to %s %j', (source, text, more, expected) => {
    expect(formatPlace(placeIn(destination(text, more), parseRegistryReference(source, own)))).toBe(expected);
  });

  it.each([
    ['app:1', false, 'docker://host.example/p/app:1'],
    ['quay.io/team/app:1', false, 'docker://host.example/p/app:1'],
    ['quay.io/team/app:1', true, 'docker://host.example/p/quay.io/team/app:1'],
  ])('the folder %s, scoped %s', (path, scoped, expected) => {
    expect(formatPlace(placeOfFolder(destination('host.example/p', { scoped }), path))).toBe(expected);
  });
});

it.each(['oci:folder', 'docker-archive:x.tar', 'quay.io/app:1'])('nothing goes to %s', (text) => {
  expect(() => destination(text)).toThrow(expect.objectContaining({ code: 'DESTINATION_INVALID' }));
});
