import { describe, expect, it } from 'vitest';
import {
  type EngineReport,
  judgeCgroup,
  judgeEngine,
  judgeMemory,
  kubeVersionOf,
} from '../../src/doctor/check-engine.ts';

const REPORT: EngineReport = {
  title: 'Docker',
  version: '29.1.0',
  store: 'graph driver',
  driver: 'overlay2',
  isRootless: false,
  isRemote: false,
  cgroupVersion: 2,
  memory: 8 * 1024 ** 3,
};

it('says what the engine is', () => {
  expect(judgeEngine(REPORT).message).toBe('Docker 29.1.0 answers; images by the driver overlay2.');
  expect(
    judgeEngine({ ...REPORT, store: 'containerd', driver: 'overlayfs', isRootless: true, isRemote: true }).message,
  ).toBe('Docker 29.1.0 answers on another machine, without root; images in containerd (overlayfs).');
});

describe('control groups', () => {
  it.each([
    [2, false, undefined, 'ok'],
    [2, true, [1, 35], 'ok'],
    [1, false, [1, 34], 'warning'],
    [1, false, undefined, 'warning'],
    [1, false, [1, 35], 'problem'],
    [1, false, [1, 40], 'problem'],
    [1, true, [1, 34], 'problem'],
    [undefined, false, undefined, 'skipped'],
  ] as const)('of version %s, without root: %s, Kubernetes %s: %s', (cgroupVersion, isRootless, kube, state) => {
    const finding = judgeCgroup({ ...REPORT, cgroupVersion, isRootless }, kube);
    expect(finding.state).toBe(state);
    expect(finding.code).toBe(['warning', 'problem'].includes(state) ? 'CGROUP_V1' : undefined);
  });
});

it.each([
  [8 * 1024 ** 3, 'ok'],
  [1024 ** 3, 'warning'],
  [undefined, 'skipped'],
] as const)('finds %s bytes of memory to be %s', (memory, state) => {
  expect(judgeMemory({ ...REPORT, memory }).state).toBe(state);
});

it.each([
  ['kindest/node:v1.34.4', [1, 34]],
  ['localhost:5000/node:v1.35.0@sha256:abc', [1, 35]],
  ['kindest/node', undefined],
  ['traefik:v3.6.12', undefined],
  [undefined, undefined],
])('reads the version of %s', (image, version) => {
  expect(kubeVersionOf(image)).toEqual(version);
});
