/** The container's door: a command, settings, the registry, a signal, the end. */
import { once } from 'node:events';
import type { RegistryConfig } from './config.ts';
import { type ContainerCommand, USAGE, parseArguments } from './container/arguments.ts';
import { type ContainerConfig, ContainerConfigError, readContainerConfig } from './container/container-config.ts';
import { SecretUnreadableError } from './container/secret-file.ts';
import { EXIT, USERS_NEEDED, explainStartFailure } from './container/start-failure.ts';
import { followSettings } from './follow-settings.ts';
import { collectFolder } from './garbage-collection.ts';
import { formatReport } from './gc/format-report.ts';
import { toLine } from './gc/messages.ts';
import { createLog } from './log.ts';
import { type Registry, openRegistry } from './registry.ts';

const log = createLog((lines) => void process.stdout.write(lines));
const clock = { now: () => new Date() };
const command = parseArguments(process.argv.slice(2));
switch (command.kind) {
  case 'serve':
    await serve(command.configPath);
    break;
  case 'garbage-collect':
    await collectGarbage(command);
    break;
  case 'help':
    process.stdout.write(USAGE);
    break;
  case 'wrong':
    say(`${command.problem}\n\n${USAGE}`, EXIT.usage);
}

async function serve(configPath: string | undefined): Promise<void> {
  const configured = await configure(configPath);
  if (configured === undefined) return;
  const { config, files } = configured;
  if (config.anonymousPush) log.warn('open', { meaning: 'Anybody who reaches this registry may push and delete.' });
  // Process 1 of a container ignores signals that nobody listens for.
  const signal = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await using registry = await open(config);
  if (registry === undefined) return;
  const read = async () => (await readContainerConfig(process.env, configPath)).config;
  const explain = (error: unknown) => explainSettings(error) ?? [String(error)];
  await using follower = followSettings({ registry, config, files, read, explain, log });
  process.on('SIGHUP', () => void follower.reload());
  await signal;
}

type GarbageCommand = Extract<ContainerCommand, { readonly kind: 'garbage-collect' }>;

async function collectGarbage(wanted: GarbageCommand): Promise<void> {
  const { configPath, isQuiet, isJson, isDryRun, deleteUntagged } = wanted;
  const config = (await configure(configPath))?.config;
  if (config === undefined) return;
  const request = { isDryRun, deleteUntagged };
  const times = { lease: config.gcLease, uploadIdle: config.uploadIdle };
  try {
    const report = await collectFolder({ dataDir: config.dataDir, request, times }, { log, clock });
    if (isJson) process.stdout.write(toLine({ report }));
    else if (!isQuiet) process.stdout.write(formatReport(report));
  } catch (error) {
    await fail(error, config, 'gc.failed');
  }
  log.flush();
}

async function configure(configPath: string | undefined): Promise<ContainerConfig | undefined> {
  try {
    const configured = await readContainerConfig(process.env, configPath);
    const { ignored } = configured;
    if (ignored.length > 0) log.warn('settings.ignored', { names: ignored.join(' ') });
    return configured;
  } catch (error) {
    const problems = explainSettings(error);
    if (problems === undefined) throw error;
    for (const problem of problems) log.error('settings.refused', { problem });
    process.exitCode = EXIT.usage;
    return undefined;
  }
}

/** @returns a sentence for each thing that is wrong; undefined for what is none of a user's affairs */
function explainSettings(error: unknown): readonly string[] | undefined {
  if (error instanceof ContainerConfigError) return error.problems;
  if (error instanceof SecretUnreadableError) return [error.message];
  return error instanceof Error && error.name === 'UsersNeededError' ? [USERS_NEEDED] : undefined;
}

async function open(config: RegistryConfig): Promise<Registry | undefined> {
  try {
    return await openRegistry(config, { log, clock });
  } catch (error) {
    await fail(error, config, 'start.failed');
    return undefined;
  }
}

async function fail(error: unknown, config: RegistryConfig, event: string): Promise<void> {
  const failure = await explainStartFailure(error, config);
  if (failure === undefined) throw error;
  log.error(event, { problem: failure.problem });
  process.exitCode = failure.exitCode;
}

function say(text: string, exitCode: number): void {
  process.stderr.write(text);
  process.exitCode = exitCode;
}
