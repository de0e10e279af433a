/** The judgements about a registry: how it is, who has its ports, what answers there, by which names, and who trusts it. */
import { describe, expect, it } from 'vitest';
import { type DoorReport, judgeClock, judgeDoor } from '../../src/doctor/check-doors.ts';
import { judgeLogins, judgePassword } from '../../src/doctor/check-logins.ts';
import { judgeClusterNames, judgeHostNames } from '../../src/doctor/check-names.ts';
import { judgeClusterApi, judgeObjects, judgeWorkloads } from '../../src/doctor/check-objects.ts';
import { judgeMapping, judgeRecords, judgeState, judgeTakenPorts } from '../../src/doctor/check-state.ts';
import { judgeNodeTrust, judgeTrustFiles } from '../../src/doctor/check-trust.ts';

const codes = (findings: readonly { readonly code?: string }[]) => findings.map(({ code }) => code);

describe('the state', () => {
  it.each([
    ['running', true, 'ok', undefined, undefined],
    ['stopped', true, 'problem', 'CLUSTER_STOPPED', 'devreg start --name dev'],
    ['stopped', false, 'problem', 'REGISTRY_STOPPED', 'devreg start --name dev'],
    ['missing', true, 'problem', 'CLUSTER_MISSING', 'devreg create --name dev'],
    ['unfinished', true, 'problem', 'CLUSTER_UNFINISHED', 'devreg create --name dev'],
    ['occupied', false, 'problem', 'DATA_FOLDER_IN_USE', 'devreg status'],
    ['unknown', true, 'warning', 'STATE_UNKNOWN', 'devreg status'],
  ] as const)('%s', (state, isCluster, expected, code, fix) => {
    const finding = judgeState({ name: 'dev', isCluster, state });
    expect([finding.state, finding.code, finding.fix]).toEqual([expected, code, fix]);
  });

  it('of others matters when something is half-made', () => {
    expect(judgeRecords([])).toMatchObject([{ state: 'skipped' }]);
    expect(judgeRecords([{ name: 'a', state: 'running' }])).toMatchObject([{ state: 'ok' }]);
    const found = judgeRecords([
      { name: 'a', state: 'missing' },
      { name: 'b', state: 'stopped' },
      { name: 'c', state: 'unfinished' },
    ]);
    expect(codes(found)).toEqual(['CLUSTER_MISSING', 'CLUSTER_UNFINISHED']);
    expect(found[0]?.fix).toBe('devreg delete --name a');
  });
});

describe('ports', () => {
  const port = { port: 5001, container: undefined, process: undefined, isTaken: true };

  it.each([
    [{ ...port, isTaken: false }, undefined],
    [{ ...port, container: { name: 'dev-control-plane', cluster: 'dev' } }, undefined],
    [{ ...port, container: { name: 'old', cluster: undefined } }, 'docker stop old'],
    [{ ...port, process: { pid: 7, command: 'nc -l' } }, 'kill 7'],
    [port, "sudo ss -ltnp 'sport = :5001'"],
  ])('that a registry needs to start: %j', (report, fix) => {
    expect(judgeTakenPorts({ name: 'dev', ports: [report] }, 'docker').map((one) => one.fix)).toEqual(
      fix === undefined ? [] : [fix],
    );
  });

  it('S1-26: are to lead into the cluster', () => {
    const wanted = [
      { port: 8443, use: 'the ingress' },
      { port: 5001, use: 'the registry' },
    ];
    expect(judgeMapping({ name: 'dev', wanted, published: [6443, 5001, 8443] })).toMatchObject([{ state: 'ok' }]);
    const [lost, ...others] = judgeMapping({ name: 'dev', wanted, published: [8443] });
    expect(lost).toMatchObject({ code: 'PORT_UNMAPPED', fix: 'devreg create --name dev --recreate' });
    expect(lost?.message).toContain('5001');
    expect(others).toEqual([]);
  });
});

describe('a door', () => {
  const certificate = { phase: 'fresh', notAfter: '2028-01-01', isOurs: true, isForHost: true, names: ['a'] } as const;
  const door: DoorReport = { door: 'a:1', failure: undefined, isRegistry: true, status: 401, certificate, skew: 0 };

  it('where all is well', () => {
    expect(judgeDoor(door, 'dev')).toMatchObject([{ state: 'ok' }]);
    expect(judgeDoor({ ...door, certificate: undefined }, 'dev')).toMatchObject([{ state: 'ok' }]);
  });

  it.each([
    [{ ...door, failure: 'connect ECONNREFUSED' }, ['DOOR_CLOSED']],
    [{ ...door, isRegistry: false, status: 404 }, ['DOOR_CLOSED']],
    [{ ...door, certificate: { ...certificate, phase: 'over' } }, ['CERTIFICATE_EXPIRED']],
    [{ ...door, certificate: { ...certificate, phase: 'due' } }, ['CERTIFICATE_DUE']],
    [{ ...door, certificate: { ...certificate, phase: 'early' } }, ['CERTIFICATE_EARLY']],
    [{ ...door, certificate: { ...certificate, isOurs: false } }, ['CERTIFICATE_UNTRUSTED']],
    [{ ...door, certificate: { ...certificate, isForHost: false } }, ['CERTIFICATE_NAME']],
    [
      { ...door, certificate: { ...certificate, isOurs: false, isForHost: false } },
      ['CERTIFICATE_UNTRUSTED', 'CERTIFICATE_NAME'],
    ],
  ] as const)('with trouble %#', (report, expected) => {
    expect(codes(judgeDoor(report, 'dev'))).toEqual(expected);
  });

  it.each([
    [0, 'ok', /agree/],
    [90_000, 'warning', /90 s ahead of/],
    [-90_000, 'warning', /90 s behind/],
  ])('whose clock is %i ms ahead: %s', (skew, state, words) => {
    const [finding] = judgeClock([
      { ...door, skew: undefined },
      { ...door, skew },
    ]);
    expect(finding?.state).toBe(state);
    expect(finding?.message).toMatch(words);
  });

  it('that says no time', () => {
    expect(judgeClock([{ ...door, skew: undefined }])).toEqual([]);
  });
});

describe('names', () => {
  const place = { name: 'dev', isCluster: true, hostsFile: '/etc/hosts', local: 'localhost:5001' };
  const name = { host: 'a.test', resolves: true, conflict: undefined };

  it('that lead here', () => {
    expect(judgeHostNames([name], place)).toMatchObject([{ state: 'ok' }]);
  });

  it('that lead nowhere', () => {
    expect(judgeHostNames([{ ...name, resolves: false }], place)[0]).toMatchObject({
      state: 'warning',
      code: 'HOST_NAME_UNKNOWN',
      fix: 'devreg create --name dev --hosts-file',
    });
    expect(judgeHostNames([{ ...name, resolves: false }], { ...place, isCluster: false })[0]?.fix).toBe(
      "printf '127.0.0.1 a.test\\n' | sudo tee -a /etc/hosts",
    );
  });

  it('that lead elsewhere by the hosts file', () => {
    const conflict = { line: 3, address: '192.0.2.1' };
    expect(judgeHostNames([{ ...name, resolves: false, conflict }], place)).toMatchObject([
      { state: 'problem', code: 'HOST_NAME_TAKEN', fix: "sudo sed -i.bak '3d' /etc/hosts" },
    ]);
  });

  it.each([
    [{ isConfigured: true, answers: ['10.96.0.50'] }, 'ok', undefined],
    [{ isConfigured: true, answers: undefined }, 'skipped', undefined],
    [{ isConfigured: false, answers: undefined }, 'problem', 'DNS_NAMES_MISSING'],
    [{ isConfigured: true, answers: ['127.0.0.1'] }, 'problem', 'DNS_NAMES_WRONG'],
    [{ isConfigured: true, answers: [] }, 'problem', 'DNS_NAMES_WRONG'],
  ])('in the cluster: %j', (report, state, code) => {
    const finding = judgeClusterNames({ ...report, host: 'a.test', wanted: '10.96.0.50' }, 'dev');
    expect([finding.state, finding.code]).toEqual([state, code]);
  });
});

describe('trust', () => {
  const authority = { path: '/ca.crt', state: 'right' } as const;

  it('on this machine', () => {
    expect(judgeTrustFiles(authority, [{ path: '/a', state: 'right' }], 'dev')).toMatchObject([{ state: 'ok' }]);
    expect(judgeTrustFiles(undefined, [], 'dev')).toMatchObject([{ state: 'ok' }]);
    const lost = { path: '/a', state: 'missing' } as const;
    expect(codes(judgeTrustFiles({ ...authority, state: 'missing' }, [lost], 'dev'))).toEqual(['AUTHORITY_LOST']);
    expect(judgeTrustFiles(authority, [lost, { path: '/b', state: 'other' }], 'dev')).toMatchObject([
      { code: 'TRUST_FILE_MISSING', fix: 'devreg create --name dev' },
      { code: 'TRUST_FILE_OTHER', fix: 'rm /b && devreg create --name dev' },
    ]);
  });

  it('on nodes', () => {
    const node = { node: 'n', authority: 'right', missing: [], other: [], foreign: [] } as const;
    expect(judgeNodeTrust([node], 'dev', 'docker')).toMatchObject([{ state: 'ok' }]);
    const [lost] = judgeNodeTrust(
      [{ ...node, authority: 'missing', missing: ['a:1', 'b:2'], other: ['c'] }],
      'dev',
      'docker',
    );
    expect(lost?.message).toBe(
      'The node n has no certificate, and no hosts.toml for a:1, b:2, and another hosts.toml for c.',
    );
    expect(codes(judgeNodeTrust([{ ...node, foreign: ['a:1'] }], 'dev', 'docker'))).toEqual(['NODE_TRUST_FOREIGN']);
  });
});

describe('logins', () => {
  const login = { client: 'docker', registry: 'localhost:5001', state: 'good' } as const;

  it('S0-23: that are stale are told by client', () => {
    const stale = { ...login, state: 'stale' } as const;
    const found = judgeLogins([login, { ...stale, registry: 'a:1' }, stale, { ...stale, client: 'podman' }], 'dev');
    expect(found.map(({ fix }) => fix)).toEqual([
      'devreg login --name dev --client docker',
      'devreg login --name dev --client podman',
    ]);
    expect(found[0]?.message).toContain('a:1, localhost:5001');
  });

  it('that are good, or nobody can tell', () => {
    expect(judgeLogins([login, login], 'dev')[0]?.message).toBe('docker: logged in.');
    expect(judgeLogins([{ ...login, state: 'unknown' }], 'dev')).toMatchObject([{ state: 'skipped' }]);
    expect(judgeLogins([], 'dev')).toMatchObject([{ state: 'skipped' }]);
  });

  it.each([
    ['good', 'ok', undefined],
    ['refused', 'problem', 'PASSWORD_REFUSED'],
    ['lost', 'problem', 'CREDENTIALS_LOST'],
    ['unknown', 'skipped', undefined],
  ] as const)('of the administrator: %s', (state, expected, code) => {
    const finding = judgePassword(state, 'me', 'dev');
    expect([finding.state, finding.code]).toEqual([expected, code]);
  });
});

describe('objects', () => {
  it('that nobody can be asked about', () => {
    expect(judgeClusterApi(true, 'dev').state).toBe('ok');
    expect(judgeClusterApi(false, 'dev')).toMatchObject({
      code: 'CLUSTER_API_SILENT',
      fix: 'devreg stop --name dev && devreg start --name dev',
    });
  });

  it('of the cluster', () => {
    expect(judgeObjects([{ object: 'A a', drift: undefined }], 'dev')).toMatchObject([{ state: 'ok' }]);
    const found = judgeObjects(
      [
        { object: 'A a', drift: 'missing' },
        { object: 'B b', drift: ['spec.x', 'data.y'] },
      ],
      'dev',
    );
    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'OBJECT_MISSING A a is gone.',
      'OBJECT_CHANGED B b was changed in spec.x, data.y.',
    ]);
  });

  it('that run', () => {
    const up = { name: 'traefik', trouble: undefined };
    expect(judgeWorkloads([up], 'dev')).toMatchObject([{ state: 'ok' }]);
    expect(judgeWorkloads([up, { name: 'registry', trouble: 'it was scaled to 0' }], 'dev')).toMatchObject([
      { code: 'WORKLOAD_DOWN', message: 'registry is not up: it was scaled to 0.' },
    ]);
  });
});
