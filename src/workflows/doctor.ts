/** The recipe of `devreg doctor`: facts are gathered, each check judges its own, and all findings come in one list. */
import { kubeVersionOf } from '../doctor/check-engine.ts';
import { judgeRecords, judgeState } from '../doctor/check-state.ts';
import { type Finding, skipped } from '../doctor/finding.ts';
import { type Repair, repairsOf } from '../doctor/repairs.ts';
import type { EngineKind } from '../engine/engine.ts';
import type { Runner } from '../process/runner.ts';
import type { AnyRecord, EngineElsewhere } from '../state/record.ts';
import { clusterChecks, prepareClusterTest } from './doctor/cluster-checks.ts';
import {
  type DoctorMachine,
  engineChecks,
  programChecks,
  proxyCheck,
  registriesConfCheck,
} from './doctor/machine-checks.ts';
import { type FoundEngine, type Patient, type PatientPorts, inspectState, openPatient } from './doctor/patient.ts';
import { type RegistryPlaces, doorCheck, hostChecks, hostsOf, selfTestCheck } from './doctor/registry-checks.ts';
import { type Check, runChecks, toFinding, within } from './doctor/run-checks.ts';
import { takenPortsCheck } from './doctor/taken-ports.ts';
import type { ClusterMachine } from './open-machine.ts';
import type { Progress } from './progress.ts';

export { type Finding, type Repair, repairsOf, toFinding };

/** What is looked at. */
export interface DoctorOrder {
  /** Undefined: the machine alone. */
  readonly record: AnyRecord | undefined;
  readonly others: readonly AnyRecord[];
  /** Whether the way of an image through the registry is left out. */
  readonly isQuick: boolean;
}

/** What the recipe works with. */
export interface DoctorPorts extends RegistryPlaces, PatientPorts {
  readonly machine: DoctorMachine;
  readonly runner: Runner;
  /** Finds an engine that answers: the one asked for, or any. */
  readonly openEngine: (kind: EngineKind | undefined, at: EngineElsewhere | undefined) => Promise<ClusterMachine>;
  /** The engine that clusters are to be made with, where nobody says otherwise. */
  readonly engineWish: EngineKind | undefined;
  /** Of the machine's processor, as Go calls it, for a registry that runs on it. */
  readonly processor: 'amd64' | 'arm64';
  readonly progress: Progress;
}

/** For what is done on this machine alone. */
const LIMIT_MS = 10_000;

/**
 * Looks at the machine, and at a registry.
 * @returns what was found, in the order in which things depend on each other
 * @throws the signal's reason when it aborts
 */
export async function examine(order: DoctorOrder, ports: DoctorPorts, signal: AbortSignal): Promise<Finding[]> {
  const { record } = order;
  const { progress } = ports;
  const engine = await openEngine(order, ports);
  const machine = await progress.step('Looking at this machine', () =>
    runChecks(machineChecks(order, engine, ports), signal),
  );
  const others = await runChecks([recordsCheck(order, engine, ports)], signal);
  if (record === undefined) return [...machine, ...others];
  const patient = await within(LIMIT_MS, () => openPatient(record, engine, ports), signal).catch(asFinding(signal));
  if ('check' in patient) return [...machine, ...others, patient];
  const findings = await progress.step(`Looking at ${record.name}`, () =>
    runChecks(registryChecks(patient, engine, ports), signal),
  );
  const tested = await testWay(order, patient, findings, ports, signal);
  return [...machine, ...others, ...findings, ...tested];
}

/** What is to be looked at can perhaps not even be found. */
function asFinding(signal: AbortSignal): (error: unknown) => Finding {
  return (error) => {
    signal.throwIfAborted();
    return toFinding('state', error);
  };
}

async function openEngine(
  { record }: DoctorOrder,
  { openEngine: open, engineWish }: DoctorPorts,
): Promise<FoundEngine> {
  try {
    return await (record?.provider === 'kind' ? open(record.engine, record.engineAt) : open(engineWish, undefined));
  } catch (refusal) {
    return { refusal };
  }
}

function machineChecks({ record }: DoctorOrder, engine: FoundEngine, { machine, runner }: DoctorPorts): Check[] {
  const hosts = record === undefined ? [] : hostsOf(record);
  const common = [proxyCheck(machine, hosts, LIMIT_MS), registriesConfCheck(machine, LIMIT_MS)];
  if ('engine' in engine) {
    const nodeImage = record?.provider === 'kind' ? record.settings.nodeImage : machine.env['DEVREG_NODE_IMAGE'];
    const kube = record === undefined ? kubeVersionOf(nodeImage) : undefined;
    const needs = { ...engine, nodeImage, kube, moreNodes: 0, hosts };
    return [...engineChecks(needs, machine, LIMIT_MS), ...programChecks(runner, LIMIT_MS), ...common];
  }
  const run = async () => [judgeRefusal(engine.refusal, record)];
  return [{ name: 'engine', limit: LIMIT_MS, run }, ...common];
}

/** Only a cluster cannot do without an engine. */
function judgeRefusal(refusal: unknown, record: AnyRecord | undefined): Finding {
  const finding = toFinding('engine', refusal);
  if (record?.provider === 'process') return skipped('engine', `${finding.message} The registry does without.`);
  const isAbsent = record === undefined && finding.code === 'ENGINE_ABSENT';
  return isAbsent ? { ...finding, state: 'warning' } : finding;
}

/** Of clusters of other engines this one knows nothing. */
function recordsCheck({ record, others }: DoctorOrder, engine: FoundEngine, ports: DoctorPorts): Check {
  const kind = 'engine' in engine ? engine.engine.kind : undefined;
  const at = record?.provider === 'kind' ? record.engineAt?.endpoint : undefined;
  const clusters = others
    .filter((one) => one.provider === 'kind')
    .filter((one) => one.engine === kind && one.engineAt?.endpoint === at);
  const run = async () => {
    const states = clusters.map(async (one) => ({
      name: one.name,
      state: (await inspectState(one, engine, ports)).state,
    }));
    return judgeRecords(await Promise.all(states));
  };
  return { name: 'records', limit: LIMIT_MS, run };
}

function registryChecks(patient: Patient, engine: FoundEngine, ports: DoctorPorts): Check[] {
  const { record, state, cluster, isRunning } = patient;
  const isCluster = record.provider === 'kind';
  const { name } = record;
  const run = async () => [judgeState({ name, isCluster, state })];
  return [
    { name: 'state', limit: LIMIT_MS, run },
    ...(isRunning
      ? [doorCheck(patient, ports)]
      : [takenPortsCheck(record, 'engine' in engine ? engine.engine : undefined, LIMIT_MS)]),
    ...(cluster === undefined ? [] : clusterChecks(cluster)),
    ...hostChecks(patient, ports),
  ];
}

/** An image is sent only where somebody would take it. */
async function testWay(
  { isQuick }: DoctorOrder,
  patient: Patient,
  findings: readonly Finding[],
  { processor, progress }: DoctorPorts,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { cluster, isRunning } = patient;
  if (isQuick) return [skipped('self-test', 'Left out, as --quick says.')];
  const isShut = findings.some(
    ({ check, state }) => ['door', 'password', 'cluster-api'].includes(check) && state === 'problem',
  );
  if (!isRunning || isShut) return [skipped('self-test', 'No image can be sent before the problems above are mended.')];
  const check = selfTestCheck(patient, async (limited) =>
    cluster === undefined ? { processor, further: async () => {} } : prepareClusterTest(cluster, limited),
  );
  return progress.step('Sending an image through the registry', () => runChecks([check], signal));
}
