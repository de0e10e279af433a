/** Looks whether nodes have what tells them how to reach the registry; nothing is changed. */
import { createHash } from 'node:crypto';
import type { ContainerEngine } from '../engine/engine.ts';
import { HOSTS_FILE_MARK, renderHostsFile } from '../rendering/hosts-file.ts';
import { REGISTRY_FOLDER } from '../rendering/kind-config.ts';
import { execOnNode } from './node-exec.ts';
import type { NodeTrust } from './node-trust.ts';
import { NODE_AUTHORITY } from './node-trust-script.ts';

/** What one node has. */
export interface FoundNodeTrust {
  readonly node: string;
  readonly authority: 'right' | 'missing' | 'other';
  /** Names without a file; with a file of devreg's that says something else; with one of somebody else's. */
  readonly missing: readonly string[];
  readonly other: readonly string[];
  readonly foreign: readonly string[];
}

/** Prints `authority SUM -`, and `STATE SUM NAME` for each name that is given. */
const SCRIPT = `sum() {
  if [ -f "$1" ]; then set -- $(sha256sum "$1"); echo "$1"; else echo none; fi
}
echo "authority $(sum ${NODE_AUTHORITY}) -"
for name in "$@"; do
  file=${REGISTRY_FOLDER}/$name/hosts.toml
  line=
  if [ -f "$file" ]; then IFS= read -r line < "$file" || :; fi
  case $line in
    "${HOSTS_FILE_MARK}"*) echo "ours $(sum "$file") $name" ;;
    *) echo "other $(sum "$file") $name" ;;
  esac
done
`;

/**
 * Compares what nodes have with what `ensureNodeTrust` writes.
 * @param nodes of the cluster; they must run
 * @throws DevregError NODE_IMAGE_UNFIT, EXEC_FAILED, and what the engine throws
 */
export async function readNodeTrust(
  engine: ContainerEngine,
  nodes: readonly string[],
  trust: NodeTrust,
  signal: AbortSignal,
): Promise<readonly FoundNodeTrust[]> {
  const authority = trust.ca === undefined ? undefined : NODE_AUTHORITY;
  const hostsFile = (await renderHostsFile({ server: trust.server, authority })).trimEnd();
  const wanted = {
    hosts: sumOf(`${hostsFile}\n`),
    ca: trust.ca === undefined ? 'none' : sumOf(`${trust.ca.trimEnd()}\n`),
  };
  const command = ['/bin/sh', '-s', ...trust.registries.map(({ name }) => name)];
  return Promise.all(
    nodes.map(async (node) => {
      const output = await execOnNode(engine, { container: node, command, input: SCRIPT, signal });
      return compare(node, output, wanted);
    }),
  );
}

function compare(
  node: string,
  output: string,
  wanted: { readonly hosts: string; readonly ca: string },
): FoundNodeTrust {
  const lines = output.split('\n').map((line) => line.split(' '));
  const names = lines.filter(([state]) => state === 'ours' || state === 'other');
  const pick = (test: (state: string, sum: string) => boolean) =>
    names.flatMap(([state = '', sum = '', name = '']) => (test(state, sum) ? [name] : []));
  const ca = lines.find(([state]) => state === 'authority')?.[1];
  return {
    node,
    authority: ca === wanted.ca ? 'right' : ca === 'none' ? 'missing' : 'other',
    missing: pick((_, sum) => sum === 'none'),
    other: pick((state, sum) => state === 'ours' && sum !== wanted.hosts),
    foreign: pick((state, sum) => state === 'other' && sum !== 'none'),
  };
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
