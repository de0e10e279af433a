/** What images of an engine are called in a registry of one's own. */
import { expect, it } from 'vitest';
import { formatReference } from '../../../src/oci/reference.ts';
import { enginePlace, ownReference } from '../../../src/workflows/images/engine-images.ts';
import { formatPlace } from '../../../src/workflows/images/image-place.ts';

const HOST = 'localhost:5001';
const NAMES = ['registry.localtest.me:8443', HOST];
const DIGEST = `sha256:${'a'.repeat(64)}`;

it.each([
  ['app', `${HOST}/app:latest`],
  ['app:1', `${HOST}/app:1`],
  ['team/app:1', `${HOST}/team/app:1`],
  ['quay.io/team/app:1', `${HOST}/team/app:1`],
  [`quay.io/team/app@${DIGEST}`, `${HOST}/team/app@${DIGEST}`],
  ['registry.localtest.me:8443/app:1', 'registry.localtest.me:8443/app:1'],
])('%s is %s', (name, reference) => {
  expect(formatReference(ownReference(name, HOST, NAMES))).toBe(reference);
});

it('may go below a prefix', () => {
  expect(formatReference(ownReference('app:1', HOST, NAMES, 'mirror'))).toBe(`${HOST}/mirror/app:1`);
});

it.each([
  ['docker', 'docker-daemon:app:1'],
  ['podman', 'containers-storage:app:1'],
] as const)('%s has it as %s', (engine, place) => {
  expect(formatPlace(enginePlace('app:1', engine))).toBe(place);
});
