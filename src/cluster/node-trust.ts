/** Tells the container runtime of every node how to reach the registry, and which CA to believe. */
import type { ContainerEngine } from '../engine/engine.ts';
import { HOSTS_FILE_MARK, renderHostsFile } from '../rendering/hosts-file.ts';
import type { ClusterNode } from './cluster-provider.ts';
import { execOnNode } from './node-exec.ts';
import { formatTrustScript, NODE_AUTHORITY } from './node-trust-script.ts';

/** How nodes reach the registry. */
export interface NodeTrust {
  /** Every name that stands in images: `registry.localtest.me:8443`. */
  readonly registries: readonly { readonly name: string }[];
  /** The one address that all of them lead to: `https://10.96.0.50:5000`, or `http:` for plain HTTP. */
  readonly server: string;
  /** The CA's certificate, PEM; undefined for plain HTTP. */
  readonly ca?: string | undefined;
}

/** What was done on one node. */
export interface NodeTrustReport {
  readonly node: string;
  /** Names whose file was made or changed. */
  readonly written: readonly string[];
  /** Names that devreg wrote before and that are not the registry's any more. */
  readonly removed: readonly string[];
  /** Whether the CA was written or removed. */
  readonly isNewAuthority: boolean;
  /** Paths of files that somebody else put there, and that decide for one of the names. They were left as they are. */
  readonly conflicts: readonly string[];
}

/** As names of registries stand in references to images; a folder is called by it. */
const REGISTRY_NAME = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;

/** What is done, and where: `signal` ends it. */
type Task = readonly [
  engine: ContainerEngine,
  nodes: readonly Pick<ClusterNode, 'name'>[],
  trust: NodeTrust,
  signal?: AbortSignal,
];

/**
 * Writes `hosts.toml` for each name, and the CA, where containerd looks at every pull; nothing needs a restart. What is
 * already as it should be is left alone.
 * @throws DevregError NODE_IMAGE_UNFIT when a node has no shell, EXEC_FAILED when it cannot be written, and what the engine throws
 */
export async function ensureNodeTrust(...task: Task): Promise<readonly NodeTrustReport[]> {
  return runOnEach(false, task);
}

/** Tells what `ensureNodeTrust` would do, and does nothing of it. @throws as it does */
export async function checkNodeTrust(...task: Task): Promise<readonly NodeTrustReport[]> {
  return runOnEach(true, task);
}

async function runOnEach(isDry: boolean, [engine, nodes, trust, signal]: Task): Promise<readonly NodeTrustReport[]> {
  const input = await formatInput(trust, isDry);
  return Promise.all(
    nodes.map(async ({ name }) => {
      const request = { container: name, command: ['/bin/sh', '-s'], input, ...(signal && { signal }) };
      return parseReport(name, await execOnNode(engine, request));
    }),
  );
}

async function formatInput(trust: NodeTrust, isDry: boolean): Promise<string> {
  const names = trust.registries.map(({ name }) => parseName(name));
  const authority = trust.ca === undefined ? undefined : NODE_AUTHORITY;
  const hostsFile = (await renderHostsFile({ server: trust.server, authority })).trimEnd();
  const ca = trust.ca?.trimEnd() ?? '';
  return formatTrustScript({ mark: HOSTS_FILE_MARK, hostsFile, authority: ca, names, isDry });
}

function parseName(name: string): string {
  if (REGISTRY_NAME.test(name)) return name;
  throw new Error(`${JSON.stringify(name)} is no name of a registry.`);
}

function parseReport(node: string, output: string): NodeTrustReport {
  const pairs = output.split('\n').map((line) => line.split(' ', 2));
  const pick = (word: string) => pairs.flatMap(([first, rest]) => (first === word && rest !== undefined ? [rest] : []));
  return {
    node,
    written: pick('written'),
    removed: pick('removed'),
    isNewAuthority: pick('authority').length > 0,
    conflicts: pick('conflict'),
  };
}
