/** Looks at this machine before a cluster is made: what will fail is refused within a second, what may fail is said. */
import { type KubeVersion, kubeVersionOf } from '../doctor/check-engine.ts';
import type { Finding } from '../doctor/finding.ts';
import type { ContainerEngine } from '../engine/engine.ts';
import { DevregError } from '../errors.ts';
import type { Runner } from '../process/runner.ts';
import { PortInUseError } from '../provider/provider.ts';
import type { ClusterSettings } from '../state/record.ts';
import { refuseForeignFolder } from './cluster/foreign-folder.ts';
import { type FindHolder, probePort } from './cluster/free-ports.ts';
import { REGISTRY_USER } from './cluster/cluster-views.ts';
import { registryHosts } from './cluster/registry-names.ts';
import { refuseSystemFolder } from './data-folder.ts';
import { type DoctorMachine, engineChecks, programChecks, proxyCheck } from './doctor/machine-checks.ts';
import { runChecks } from './doctor/run-checks.ts';
import type { Progress } from './progress.ts';

/** What is about to be made. */
export interface PreflightSubject {
  readonly settings: ClusterSettings;
  /** Whether it takes the place of a cluster that has its ports. */
  readonly isReplacing: boolean;
}

/** What the look works with. */
export interface PreflightPorts {
  readonly engine: ContainerEngine;
  readonly runner: Runner;
  readonly machine: DoctorMachine;
  readonly findHolder: FindHolder;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Whoever waits for a cluster does not wait for this. */
const LIMIT_MS = 1_000;

/** What no cluster comes about with; of several the first is told. */
const REFUSED = ['NODE_IMAGE_UNFIT', 'CGROUP_V1', 'DISK_LOW'];

/**
 * Looks. What cannot be found out in time, or at all, is no reason to refuse.
 * @throws DevregError CGROUP_V1, DATA_FOLDER_FOREIGN, DATA_FOLDER_REFUSED, DISK_LOW, NODE_IMAGE_UNFIT, PORT_IN_USE; the signal's reason when it aborts
 */
export async function preflight(subject: PreflightSubject, ports: PreflightPorts): Promise<void> {
  const { engine, runner, machine, progress, signal } = ports;
  const { settings } = subject;
  await checkDataFolder(settings, progress);
  const hosts = registryHosts(settings);
  const { nodeImage, workers } = settings;
  const needs = { engine, runner, nodeImage, kube: kubeOf(settings), moreNodes: 1 + workers, hosts };
  const checks = [
    ...engineChecks(needs, machine, LIMIT_MS),
    ...programChecks(runner, LIMIT_MS),
    proxyCheck(machine, hosts, LIMIT_MS),
  ];
  const [findings] = await Promise.all([runChecks(checks, signal), refuseTakenPorts(subject, ports)]);
  const problems = findings.filter(({ state }) => state === 'problem');
  const [refused] = REFUSED.flatMap((code) => problems.filter((finding) => finding.code === code));
  if (refused !== undefined) throw refusalOf(refused);
  for (const { message, fix } of findings.filter(({ state }) => state === 'warning'))
    progress.warn(fix === undefined ? message : `${message}\n  ${fix}`);
}

/** A folder that is there goes to another user, which nobody should have to find out by themselves. */
async function checkDataFolder({ dataDir }: ClusterSettings, progress: Progress): Promise<void> {
  if (dataDir === undefined) return;
  await refuseSystemFolder(dataDir);
  if (await refuseForeignFolder(dataDir))
    progress.note(`${dataDir} will belong to the registry's own user, number ${REGISTRY_USER}.`);
}

/** Who sets this in their configuration knows why. */
function kubeOf({ nodeImage, kindConfig }: ClusterSettings): KubeVersion | undefined {
  return kindConfig?.text.includes('failCgroupV1') === true ? undefined : kubeVersionOf(nodeImage);
}

function refusalOf({ code = '', message, fix }: Finding): DevregError {
  return new DevregError('prerequisite', code, message, { ...(fix !== undefined && { hint: fix }) });
}

/** The ports that are the registry's own are claimed elsewhere; an engine on another machine speaks for itself. */
async function refuseTakenPorts(
  { settings, isReplacing }: PreflightSubject,
  { engine, findHolder }: PreflightPorts,
): Promise<void> {
  if (isReplacing || settings.extraPorts.length === 0 || (await engine.isRemote())) return;
  try {
    for (const pair of settings.extraPorts) await probePort(Number.parseInt(pair, 10), findHolder);
  } catch (error) {
    if (!(error instanceof PortInUseError)) throw error;
    throw new DevregError('conflict', 'PORT_IN_USE', error.message, {
      hint: 'Choose another with --extra-ports, or end that program.',
      cause: error,
    });
  }
}
