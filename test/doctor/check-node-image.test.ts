import { describe, expect, it } from 'vitest';
import { judgeNodeImage, registryHostOf } from '../../src/doctor/check-node-image.ts';

const NODE = { entrypoint: ['/usr/local/bin/entrypoint', '/sbin/init'], architecture: 'amd64' };

describe('a node image', () => {
  it.each([
    [{ name: undefined, image: undefined, isPullable: undefined }, 'skipped', undefined],
    [{ name: 'a', image: NODE, isPullable: undefined }, 'ok', undefined],
    [
      { name: 'a', image: { ...NODE, entrypoint: ['/entrypoint.sh'] }, isPullable: undefined },
      'problem',
      'NODE_IMAGE_UNFIT',
    ],
    [{ name: 'a', image: { ...NODE, entrypoint: [] }, isPullable: undefined }, 'problem', 'NODE_IMAGE_UNFIT'],
    [{ name: 'a', image: undefined, isPullable: true }, 'ok', undefined],
    [{ name: 'a', image: undefined, isPullable: false }, 'warning', 'NODE_IMAGE_MISSING'],
  ])('%j: %s', (report, state, code) => {
    const finding = judgeNodeImage(report, 'docker');
    expect([finding.state, finding.code]).toEqual([state, code]);
  });
});

it.each([
  ['kindest/node:v1.34.4', 'registry-1.docker.io'],
  ['node', 'registry-1.docker.io'],
  ['ghcr.io/a/node:1', 'ghcr.io'],
  ['localhost:5001/node', 'localhost'],
])('knows where %s comes from', (image, host) => {
  expect(registryHostOf(image)).toBe(host);
});
