/** Starts a registry's process as wanted, in the place of one that runs otherwise. */
import { join } from 'node:path';
import { isDevregError } from '../errors.ts';
import { PortInUseError, type StartRequest, type StartedRegistry } from '../provider/provider.ts';
import type { RegistryPaths } from '../state/paths.ts';
import type { RegistryRecord, RegistrySettings } from '../state/record.ts';
import type { Records } from '../state/records.ts';
import { portTaken } from './conflicts.ts';
import { type CredentialPorts, ensureCredentials } from './ensure-credentials.ts';
import { type EndPorts, endProcess } from './end-process.ts';
import { certificateFolder } from './data-folder.ts';
import { othersThan } from './host-trust.ts';
import type { WantedSettings } from './settings.ts';

/** What is to be launched, and what is there. */
export interface LaunchPlan {
  readonly name: string;
  readonly paths: RegistryPaths;
  readonly settings: RegistrySettings;
  readonly wanted: WantedSettings;
  readonly before: RegistryRecord | undefined;
  readonly isRunning: boolean;
  /** The outermost folder that was made for the data just now. */
  readonly madeFolder: string | undefined;
  readonly rotatePassword: boolean;
  /** Of the user's choice. */
  readonly password?: string | undefined;
  readonly timeout: number;
}

/** What launching works with. */
export interface LaunchPorts extends CredentialPorts, EndPorts {
  readonly records: Records;
  readonly now: () => Date;
}

/** A registry that runs but ends with us, and its record as it was saved. */
export interface Launched {
  readonly record: RegistryRecord;
  readonly started: StartedRegistry;
}

/** After these the log says more than the error. */
const MYSTERIES = new Set(['START_FAILED', 'START_TIMEOUT']);

/**
 * Launches a registry.
 * @param undo gets what puts everything back as it was, a registry that ran included
 * @throws DevregError PORT_IN_USE, START_FAILED, START_TIMEOUT, or what the registry itself refused
 */
export async function launch(plan: LaunchPlan, ports: LaunchPorts, undo: AsyncDisposableStack): Promise<Launched> {
  const { name, before } = plan;
  const { records, progress } = ports;
  const running = plan.isRunning ? before : undefined;
  let isStopping = false;
  // It comes back last of all, when its password is what it was.
  if (running !== undefined) undo.defer(async () => (isStopping ? bringBack(running, plan, ports) : undefined));
  await ensureCredentials(name, plan, ports, undo);
  if (running !== undefined) {
    isStopping = true;
    await endProcess(running, ports);
  }
  const started = undo.use(await progress.step('Starting the registry', () => start(plan, ports)));
  undo.defer(() => (before === undefined ? records.remove(name) : records.save(before)));
  const record = recordOf(plan, started, ports.now());
  await records.save(record);
  return { record, started };
}

/** Of a port that may be any, the one from before is tried first. */
async function start(plan: LaunchPlan, { provider, records, signal }: LaunchPorts): Promise<StartedRegistry> {
  const { settings, wanted } = plan;
  try {
    return await provider.start(requestOf(plan, settings), signal);
  } catch (error) {
    const anywhere = { ...settings, ...zerosOf(wanted) };
    const isFixed = anywhere.port === settings.port && anywhere.registryPort === settings.registryPort;
    if (error instanceof PortInUseError && !isFixed) return await provider.start(requestOf(plan, anywhere), signal);
    if (plan.before === undefined && !(isDevregError(error) && MYSTERIES.has(error.code)))
      await records.remove(plan.name);
    throw error instanceof PortInUseError ? portTaken(error, settings, await othersThan(plan.name, records)) : error;
  }
}

function zerosOf({ port, registryPort }: WantedSettings): WantedSettings {
  return { ...(port === 0 && { port }), ...(registryPort === 0 && { registryPort }) };
}

function requestOf(
  { paths, timeout }: Pick<LaunchPlan, 'paths' | 'timeout'>,
  settings: RegistrySettings,
): StartRequest {
  const folder = certificateFolder(settings.dataDir);
  const tls = settings.tls === 'off' ? undefined : { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  return { settings, tls, passwordFile: paths.password, tokenFile: paths.token, logFile: paths.log, timeout };
}

function recordOf(plan: LaunchPlan, { pid, port, registryPort }: StartedRegistry, now: Date): RegistryRecord {
  const { name, settings, before } = plan;
  const startedAt = now.toISOString();
  return {
    name,
    provider: 'process',
    createdAt: before?.createdAt ?? startedAt,
    settings: { ...settings, port, registryPort },
    process: { pid, startedAt },
    madeFolder: plan.madeFolder ?? before?.madeFolder,
    trusted: before?.trusted ?? [],
  };
}

/** Runs a registry again as it ran before. Whatever made us give up, this is done to its end. */
async function bringBack(
  before: RegistryRecord,
  plan: LaunchPlan,
  { provider, records, progress, now }: LaunchPorts,
): Promise<void> {
  const { signal } = new AbortController();
  await provider.stop(before, signal);
  const started = await provider.start(requestOf(plan, before.settings), signal);
  await records.save({ ...before, process: { pid: started.pid, startedAt: now().toISOString() } });
  await started.keep();
  progress.note('The registry runs again as it did before.');
}
