/** Makes of kind's failures what a user can do something about. */
import { DevregError } from '../../errors.ts';
import type { CommandFailedError } from '../../process/command-failed-error.ts';
import { findAddress, findPrivilegedPort, findRootless } from './surroundings-failure.ts';

/** Lines of kind's report that an error shows. */
const REPORT_LINES = 12;

/**
 * Translates a failure of kind.
 * @returns CLUSTER_TOOL_ABSENT, CLUSTER_EXISTS, CLUSTER_NOT_FOUND, PORT_IN_USE, NODE_IMAGE_MISSING, NODE_IMAGE_UNFIT,
 *   KIND_CONFIG_INVALID, ENGINE_UNREACHABLE, ROOTLESS_REFUSED, PORT_PRIVILEGED, ADDRESS_ABSENT, else CLUSTER_FAILED with kind's own reason
 */
export function translateKindFailure(failure: CommandFailedError): DevregError {
  if (failure.failure.kind === 'absent') return toolAbsent(failure);
  const said = failure.stderr;
  const known = FINDERS.map((find) => find(said, failure)).find((error) => error !== undefined);
  return known ?? failed(said, failure);
}

type Finder = (said: string, cause: CommandFailedError) => DevregError | undefined;

function toolAbsent(cause: CommandFailedError): DevregError {
  return new DevregError('prerequisite', 'CLUSTER_TOOL_ABSENT', 'The program kind is not installed.', {
    hint: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation says how; it must be on the PATH.',
    cause,
  });
}

const PORT_TAKEN = /port is already allocated|address already in use|forbidden by its access permissions/;
const ADDRESS = /(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]*\]):(\d{1,5})\b/;

/** In a line that tells of both ends of a mapping, this machine's comes first. */
function findPort(said: string, cause: CommandFailedError): DevregError | undefined {
  const line = said.split('\n').find((text) => PORT_TAKEN.test(text));
  const [, port] = ADDRESS.exec(line ?? '') ?? [];
  if (port === undefined) return undefined;
  return new DevregError('conflict', 'PORT_IN_USE', `Port ${port} is in use by another program or container.`, {
    hint: `Stop it, or choose another port; \`docker ps\`, or \`podman ps\`, shows whether a container has port ${port}.`,
    cause,
  });
}

const IMAGE_MISSING = [
  /failed to pull image "([^"]+)"/,
  /Unable to find image '([^']+)' locally/,
  /No such image: (\S+)/,
];

function findImage(said: string, cause: CommandFailedError): DevregError | undefined {
  const image = IMAGE_MISSING.map((pattern) => pattern.exec(said)?.[1]).find((found) => found !== undefined);
  if (image === undefined) return undefined;
  const sentence = `The node image ${image} is not in the engine's store and cannot be pulled.`;
  return new DevregError('prerequisite', 'NODE_IMAGE_MISSING', sentence, {
    hint: 'Pull or load it while there is a way to it, or choose another with --node-image.',
    cause,
  });
}

/** A container that is no node, or lacks a program that kind starts in it. */
function findUnfit(said: string, cause: CommandFailedError): DevregError | undefined {
  const [, program] = /exec: "([^"]+)": [^\n]*not found/.exec(said) ?? [];
  const isNoNode = said.includes('could not find a log line that matches');
  if (program === undefined && !isNoNode) return undefined;
  const why = program === undefined ? 'does not start as a node does' : `has no ${program}`;
  return new DevregError('prerequisite', 'NODE_IMAGE_UNFIT', `The node image is none for kind: it ${why}.`, {
    hint: 'Take one of the images kindest/node, or one made by `kind build node-image`.',
    cause,
  });
}

/** Fields that this kind does not know; the line it tells is that of the merged configuration. */
function findBadField(said: string, cause: CommandFailedError): DevregError | undefined {
  const [, problems] = /unable to decode config: yaml: unmarshal errors:\s*([\s\S]*)/.exec(said) ?? [];
  if (problems === undefined) return undefined;
  const lines = problems
    .trim()
    .split('\n')
    .map((line) => line.trim().replace(/^line \d+: /, ''));
  const sentence = `kind refuses the configuration: ${lines.join('; ')}.`;
  return new DevregError('usage', 'KIND_CONFIG_INVALID', sentence, {
    hint: 'https://kind.sigs.k8s.io/docs/user/configuration/ says what may stand in it.',
    cause,
  });
}

function findSilentEngine(said: string, cause: CommandFailedError): DevregError | undefined {
  const [line] = /Cannot connect to [^\n]*/.exec(said) ?? [];
  if (line === undefined) return undefined;
  const sentence = `The container engine stopped answering: ${line.replace(/[.\s]*$/, '')}.`;
  return new DevregError('prerequisite', 'ENGINE_UNREACHABLE', sentence, { hint: 'Start it and try again.', cause });
}

function findCluster(said: string, cause: CommandFailedError): DevregError | undefined {
  const [, taken] = /already exist for a cluster with the name "([^"]+)"/.exec(said) ?? [];
  if (taken !== undefined) return clusterExists(taken, cause);
  const [, unknown] = /could not (?:find|locate) any control plane nodes for cluster named '([^']+)/.exec(said) ?? [];
  if (unknown === undefined) return undefined;
  return new DevregError('not-found', 'CLUSTER_NOT_FOUND', `There is no cluster called ${unknown}.`, { cause });
}

/** The error for a name that is taken. */
export function clusterExists(name: string, cause?: unknown): DevregError {
  return new DevregError('conflict', 'CLUSTER_EXISTS', `There is a cluster called ${name} already.`, {
    hint: 'Choose another name with --name, or delete that one first.',
    cause,
  });
}

function failed(said: string, cause: CommandFailedError): DevregError {
  const { kind } = cause.failure;
  const sentence = kind === 'timeout' ? 'kind took too long' : `kind failed${reasonOf(said)}`;
  return new DevregError('failure', 'CLUSTER_FAILED', `${sentence}.${reportOf(said)}`, {
    hint: 'With --keep-on-failure the nodes stay, and `kind export logs` shows what they did.',
    cause,
  });
}

const FINDERS: readonly Finder[] = [
  findRootless,
  findPrivilegedPort,
  findAddress,
  findPort,
  findImage,
  findUnfit,
  findCluster,
  findBadField,
  findSilentEngine,
];

/** What follows `ERROR:`, without the names of the steps that pass it on. */
function reasonOf(said: string): string {
  const reason = said.split('\n').findLast((line) => line.startsWith('ERROR: '));
  if (reason === undefined) return '';
  return `: ${reason
    .replace('ERROR: ', '')
    .replace(/^failed to create cluster: /, '')
    .replace(/[.:\s]+$/, '')}`;
}

/** The end of what the program that kind started has written. */
function reportOf(said: string): string {
  const [, output] = /Command Output: ([\s\S]*)$/.exec(said) ?? [];
  const [own = ''] = (output ?? '').split(/^Stack Trace:/m);
  const lines = own.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('ERROR: '));
  return lines.length === 0 ? '' : `\n${lines.slice(-REPORT_LINES).join('\n')}`;
}
