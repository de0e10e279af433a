/** What each target takes, on each system: files, commands, and what is left to the user (S1-11, S1-12, S2-18). */
import { describe, expect, it } from 'vitest';
import { deedsAsCommands } from '../../src/workflows/trust-words.ts';
import type { TargetName, TrustHost } from '../../src/trust/target.ts';
import { EMPTY_LEDGER } from '../../src/trust/trust-ledger.ts';
import { collectWants, planTrust, planUntrust } from '../../src/trust/trust-plan.ts';
import { AUTHORITY, LINUX, MAC, WINDOWS } from './trust-host.ts';

const REGISTRY = 'registry.localtest.me:8443';

function ask(target: TargetName, host: TrustHost, authority: typeof AUTHORITY | 'plain' = AUTHORITY) {
  const subject = { registries: [REGISTRY], authority: authority === 'plain' ? undefined : authority };
  const wants = collectWants([target], subject, host);
  const plan = planTrust(wants, new Map(), EMPTY_LEDGER);
  const found = new Map(
    plan.files.map(({ path, after }) => [
      path,
      { content: after === undefined ? undefined : { text: after }, missingFolders: [] },
    ]),
  );
  const back = planUntrust(() => true, found, plan.ledgers.after);
  return {
    commands: deedsAsCommands(plan, AUTHORITY, host.isRoot),
    undo: deedsAsCommands(back, AUTHORITY, host.isRoot),
    hints: plan.hints.map(({ hint }) => hint),
    unfit: plan.unfit.map(({ reason }) => reason),
  };
}

describe('Linux', () => {
  it.each([
    'docker',
    'docker-rootless',
    'docker-desktop',
    'podman',
    'containerd',
    'buildx',
    'system',
    'nss',
    'java',
    'node',
  ] as const)('%s, by a certificate', (target) => expect(ask(target, LINUX)).toMatchSnapshot());

  it.each(['docker', 'docker-rootless', 'docker-desktop', 'podman', 'containerd', 'buildx', 'system', 'node'] as const)(
    '%s, on plain HTTP',
    (target) => expect(ask(target, LINUX, 'plain')).toMatchSnapshot(),
  );

  it.each(['fedora', 'arch', 'suse', undefined] as const)('the system store of %s', (family) =>
    expect(ask('system', { ...LINUX, family })).toMatchSnapshot(),
  );

  it('podman on plain HTTP, as root: for the whole machine', () =>
    expect(ask('podman', { ...LINUX, isRoot: true }, 'plain')).toMatchSnapshot());
});

describe('macOS', () => {
  it.each(['docker', 'docker-desktop', 'podman', 'system'] as const)('%s', (target) =>
    expect(ask(target, MAC)).toMatchSnapshot(),
  );
  it('docker-desktop, on plain HTTP', () => expect(ask('docker-desktop', MAC, 'plain')).toMatchSnapshot());
});

describe('Windows', () => {
  it.each(['docker', 'docker-desktop', 'system', 'buildx'] as const)('%s', (target) =>
    expect(ask(target, WINDOWS)).toMatchSnapshot(),
  );
  it('docker-desktop, on plain HTTP', () => expect(ask('docker-desktop', WINDOWS, 'plain')).toMatchSnapshot());
});
