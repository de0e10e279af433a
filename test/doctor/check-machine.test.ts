import { describe, expect, it } from 'vitest';
import { judgeDisk, judgeInotify, judgeKind, judgeKubectl } from '../../src/doctor/check-machine.ts';

const GIB = 1024 ** 3;

describe('the disk', () => {
  it.each([
    [50 * GIB, 'ok', '50.0 GiB are free where images are, in /data.'],
    [3 * GIB, 'warning', 'Only 3.0 GiB are free'],
    [0.5 * GIB, 'problem', 'Only 512 MiB are free where images are, in /data: a cluster needs 1.0 GiB.'],
  ])('with %s bytes: %s', (freeBytes, state, words) => {
    const finding = judgeDisk({ folder: '/data', freeBytes }, 'podman');
    expect(finding.state).toBe(state);
    expect(finding.message).toContain(words);
  });

  it('of another machine is not looked at', () => {
    expect(judgeDisk(undefined, 'docker').state).toBe('skipped');
  });
});

describe('inotify', () => {
  it.each([
    [{ instances: 128, watches: 65_536 }, 1, 'ok'],
    [{ instances: 128, watches: 65_536 }, 3, 'warning'],
    [{ instances: 512, watches: 8_192 }, 3, 'warning'],
    [{ instances: 512, watches: 524_288 }, 3, 'ok'],
    [undefined, 3, 'skipped'],
  ])('%j for %i nodes: %s', (limits, nodes, state) => {
    const finding = judgeInotify(limits, nodes);
    expect(finding.state).toBe(state);
    if (state === 'warning') expect(finding.fix).toMatch(/^sudo sysctl -w fs\.inotify\.max_user_instances=\d+ /);
  });
});

describe('kind', () => {
  it.each([
    ['kind v0.33.0 go1.26.8 linux/amd64', 'ok', undefined],
    ['kind v0.20.0 go1.20 linux/amd64', 'ok', undefined],
    ['kind v0.9.0 go1.15 linux/amd64', 'warning', 'KIND_OLD'],
    ['kind v1.0.0-alpha+abc go1.26 linux/amd64', 'ok', undefined],
  ])('that says %s: %s', (said, state, code) => {
    expect(judgeKind(said, '/usr/bin/kind')).toMatchObject({ state, ...(code && { code }) });
  });

  it('that is not there', () => {
    expect(judgeKind(undefined, undefined)).toMatchObject({ state: 'problem', code: 'CLUSTER_TOOL_ABSENT' });
  });
});

it('does without kubectl', () => {
  expect(judgeKubectl(undefined).state).toBe('skipped');
  expect(judgeKubectl('/usr/bin/kubectl').state).toBe('ok');
});
