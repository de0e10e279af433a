/** The checks of a registry from this machine, wherever it runs: doors, clock, names, trust, logins, the way there and back. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type DoorReport, judgeClock, judgeDoor } from '../../doctor/check-doors.ts';
import { judgeLogins, judgePassword } from '../../doctor/check-logins.ts';
import { judgeHostNames } from '../../doctor/check-names.ts';
import { judgeTrustFiles } from '../../doctor/check-trust.ts';
import { type Finding, skipped } from '../../doctor/finding.ts';
import type { ProbeArchitecture } from '../../doctor/probe-program.ts';
import { judgeSelfTest } from '../../doctor/self-test.ts';
import type { Credentials } from '../../state/credentials.ts';
import type { AnyRecord } from '../../state/record.ts';
import type { LoginPlaces } from '../../trust/client-logins.ts';
import { planHostNames } from '../../trust/hosts-file.ts';
import { registryHosts } from '../cluster/registry-names.ts';
import { type Door, addressOf, ownDoor } from '../door.ts';
import { readDoor } from './door-facts.ts';
import { readLogins } from './login-facts.ts';
import { requestRegistry } from './registry-request.ts';
import type { Check } from './run-checks.ts';
import { type FurtherSteps, runSelfTest } from './self-test.ts';
import { type FoundAuthority, readTrustFiles } from './trust-facts.ts';

/** A registry, and what is known of it. */
export interface ExaminedRegistry {
  readonly record: AnyRecord;
  /** Undefined without TLS. */
  readonly authority: FoundAuthority | undefined;
  readonly credentials: Credentials | undefined;
  /** Whether it runs, so that somebody should answer. */
  readonly isRunning: boolean;
}

/** Where to look. */
export interface RegistryPlaces {
  readonly now: () => Date;
  readonly hostsFile: string;
  readonly resolvesHere: (host: string, signal: AbortSignal) => Promise<boolean>;
  readonly logins: LoginPlaces;
}

/** Long enough for a busy machine. */
const LIMIT_MS = 15_000;

/** A cluster pulls and runs the image, on each node. */
const SELF_TEST_MS = 150_000;

const DOOR_TRIES = 5;
const DOOR_PAUSE_MS = 400;

/** The hosts, without port, that mean a registry. */
export function hostsOf(record: AnyRecord): string[] {
  return record.provider === 'kind' ? registryHosts(record.settings) : [record.settings.host];
}

/** Of what is on this machine, whether or not the registry runs. */
export function hostChecks(registry: ExaminedRegistry, places: RegistryPlaces): Check[] {
  const { record, authority, credentials, isRunning } = registry;
  const { name, settings } = record;
  const door = isRunning ? ownDoor(record, authority?.certificate) : undefined;
  return [
    { name: 'host-name', limit: LIMIT_MS, run: (signal) => lookUpNames(record, places, signal) },
    {
      name: 'trust',
      limit: LIMIT_MS,
      run: async () => judgeTrustFiles(authority, await readTrustFiles(record, authority?.certificate), name),
    },
    {
      name: 'password',
      limit: LIMIT_MS,
      run: async (signal) => [judgePassword(await tryPassword(registry, signal), settings.user, name)],
    },
    {
      name: 'login',
      limit: LIMIT_MS,
      run: async (signal) =>
        judgeLogins(await readLogins(record, { places: places.logins, door, credentials }, signal), name),
    },
  ];
}

/** Of the doors of a registry that runs. */
export function doorCheck({ record, authority }: ExaminedRegistry, { now }: RegistryPlaces): Check {
  const { host, port } = record.settings;
  const own = ownDoor(record, authority?.certificate);
  const doors = host === own.host && port === own.port ? [own] : [{ ...own, host, port }, own];
  const run = async (signal: AbortSignal): Promise<Finding[]> => {
    const reports = await readDoors(doors, now, signal);
    return [...reports.flatMap((report) => judgeDoor(report, record.name)), ...judgeClock(reports)];
  };
  return { name: 'door', limit: LIMIT_MS, run };
}

/** Of the whole way: an image goes in and comes out again. */
export function selfTestCheck(
  registry: ExaminedRegistry,
  prepare: (signal: AbortSignal) => Promise<{ readonly processor: ProbeArchitecture; readonly further: FurtherSteps }>,
): Check {
  const { record, authority, credentials } = registry;
  const run = async (signal: AbortSignal): Promise<Finding[]> => {
    if (credentials === undefined) return [skipped('self-test', 'There is no password to push with.')];
    const login = { user: record.settings.user, password: credentials.password };
    const { processor, further } = await prepare(signal);
    const door = ownDoor(record, authority?.certificate);
    return judgeSelfTest(await runSelfTest({ door, login }, processor, further, signal), record.name);
  };
  return { name: 'self-test', limit: SELF_TEST_MS, run };
}

/** A certificate that was written just now is read by the registry a moment later. */
async function readDoors(doors: readonly Door[], now: () => Date, signal: AbortSignal): Promise<DoorReport[]> {
  for (let tries = 1; ; tries += 1) {
    const reports = await Promise.all(doors.map((door) => readDoor(door, now, signal)));
    if (tries === DOOR_TRIES || reports.every(hasGoodCertificate)) return reports;
    await pause(DOOR_PAUSE_MS, undefined, { signal });
  }
}

function hasGoodCertificate({ certificate }: DoorReport): boolean {
  if (certificate === undefined) return true;
  const { phase, isOurs, isForHost } = certificate;
  return isOurs && isForHost && (phase === 'fresh' || phase === 'due');
}

async function lookUpNames(record: AnyRecord, places: RegistryPlaces, signal: AbortSignal): Promise<Finding[]> {
  const { hostsFile, resolvesHere } = places;
  const { name, settings } = record;
  const address = addressOf(record);
  if (address !== undefined) return [skipped('host-name', `The registry is on another machine, ${address}.`)];
  const hosts = hostsOf(record);
  const text = await readFile(hostsFile, 'latin1').catch(() => '');
  const lines = planHostNames(text, name, hosts);
  const names = await Promise.all(
    hosts.map(async (host) => {
      const line = lines.find((one) => one.name === host && one.action === 'conflict');
      const conflict = line?.action === 'conflict' ? { line: line.line, address: line.address } : undefined;
      return { host, conflict, resolves: await resolvesHere(host, signal) };
    }),
  );
  const local = `localhost:${settings.registryPort}`;
  return judgeHostNames(names, { name, isCluster: record.provider === 'kind', hostsFile, local });
}

async function tryPassword(
  { record, authority, credentials, isRunning }: ExaminedRegistry,
  signal: AbortSignal,
): Promise<Parameters<typeof judgePassword>[0]> {
  if (credentials === undefined) return 'lost';
  if (!isRunning) return 'unknown';
  const login = { user: record.settings.user, password: credentials.password };
  try {
    const door = ownDoor(record, authority?.certificate);
    const { status } = await requestRegistry(door, { method: 'GET', path: '/v2/', login }, signal);
    return status === 200 ? 'good' : status === 401 ? 'refused' : 'unknown';
  } catch {
    signal.throwIfAborted();
    // Why nobody answers is for the doors to say.
    return 'unknown';
  }
}
