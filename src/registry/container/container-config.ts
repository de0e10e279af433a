/** The whole configuration of a container: what registry:2 does, unless the file or a variable says otherwise. */
import type { InitialUser, RegistryConfig } from '../config.ts';
import { REGISTRY_DEFAULTS } from '../defaults.ts';
import { readEnvironment } from '../environment.ts';
import { type ConfigFile, readConfigFile } from './config-file.ts';
import { type UserFiles, readOwnVariables } from './own-variables.ts';
import { readSecretFile } from './secret-file.ts';

/** Where Distribution's image keeps its data, and where volumes are mounted. */
const DATA_DIR = '/var/lib/registry';

/** What a container is told. */
export interface ContainerConfig {
  readonly config: RegistryConfig;
  /** Settings of the file and variables that have no effect. */
  readonly ignored: readonly string[];
  /** Files that settings come from, whether or not they are there. */
  readonly files: readonly string[];
}

/** Settings that make no sense, ask for what there is not, or contradict each other. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
  /** A sentence each. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join(' '));
    this.problems = problems;
  }
}

/** The variable that names the file where no argument does. */
const PATH_VARIABLE = 'REGISTRY_CONFIGURATION_PATH';

/**
 * Reads everything; a variable counts before the file. As with the image it stands in for, whoever reaches the
 * container may write, unless there is a user.
 * @param configPath as given on the command line
 * @throws ContainerConfigError; SecretUnreadableError
 */
export async function readContainerConfig(
  environment: Readonly<Record<string, string | undefined>>,
  configPath: string | undefined,
): Promise<ContainerConfig> {
  const { [PATH_VARIABLE]: namedPath, ...variables } = environment;
  const file = await readConfigFile(configPath ?? (namedPath || undefined));
  const common = readEnvironment({ ...file.variables, ...withoutEmpty(variables) });
  const own = readOwnVariables(environment);
  const problems = [
    ...file.problems,
    ...common.problems.map((text) => nameFile(text, file, environment)),
    ...own.problems,
  ];
  if (problems.length > 0) throw new ContainerConfigError(problems);
  const config = {
    ...REGISTRY_DEFAULTS,
    dataDir: DATA_DIR,
    listen: [{ host: '0.0.0.0', port: 5000 }],
    anonymousPush: own.user === undefined,
    ...common.settings,
    ...own.settings,
    users: own.user === undefined ? [] : [await readUser(own.user)],
  };
  const secrets = [own.user?.passwordFile, own.user?.tokenFile].filter((path) => path !== undefined);
  return { config, ignored: [...common.ignored, ...own.ignored], files: [...file.candidates, ...secrets] };
}

async function readUser({ name, passwordFile, tokenFile }: UserFiles): Promise<InitialUser> {
  const password = await readSecretFile(passwordFile);
  return { name, password, token: tokenFile === undefined ? undefined : await readSecretFile(tokenFile) };
}

/** A problem begins with the name of a variable, which nobody finds who wrote the setting into the file. */
function nameFile(
  problem: string,
  file: ConfigFile,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const [name = ''] = /^\w+/.exec(problem) ?? [];
  const isOfFile = !environment[name] && Object.hasOwn(file.variables, name);
  return isOfFile ? `${problem} It stands for a setting in ${file.path}.` : problem;
}

/** An empty variable leaves what the file says. */
function withoutEmpty(variables: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
}
