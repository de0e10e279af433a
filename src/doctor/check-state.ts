/** Whether a registry runs at all, and who has its ports. Pure. */
import { type Finding, ok, problem, skipped, warning } from './finding.ts';

/** A registry as it was asked for, and how it is. */
export interface StateReport {
  readonly name: string;
  readonly isCluster: boolean;
  readonly state: 'running' | 'stopped' | 'missing' | 'unfinished' | 'unknown' | 'occupied';
  readonly ports: readonly PortReport[];
}

/** One of its ports, and who listens there. */
export interface PortReport {
  readonly port: number;
  /** A container that has it. */
  readonly container: { readonly name: string; readonly cluster: string | undefined } | undefined;
  /** A process that has it, as far as the system tells. */
  readonly process: { readonly pid: number; readonly command: string | undefined } | undefined;
  /** Whether somebody has it. */
  readonly isTaken: boolean;
}

/** Judges how the registry is. */
export function judgeState({ name, isCluster, state }: Omit<StateReport, 'ports'>): Finding {
  const what = isCluster ? 'The cluster' : 'The registry';
  const again = `devreg create --name ${name}`;
  switch (state) {
    case 'running':
      return ok('state', `${what} ${name} runs.`);
    case 'stopped':
      return problem(
        'state',
        isCluster ? 'CLUSTER_STOPPED' : 'REGISTRY_STOPPED',
        `${what} ${name} does not run.`,
        `devreg start --name ${name}`,
      );
    case 'missing':
      return problem('state', 'CLUSTER_MISSING', `The nodes of ${name} are gone.`, again);
    case 'unfinished':
      return problem('state', 'CLUSTER_UNFINISHED', `devreg create was cut off while it made ${name}.`, again);
    case 'occupied':
      return problem('state', 'DATA_FOLDER_IN_USE', `Another process works on the data of ${name}.`, `devreg status`);
    default:
      return warning('state', 'STATE_UNKNOWN', `Nobody can tell how ${name} is.`, 'devreg status');
  }
}

/**
 * Judges the ports of a registry that does not run: whoever has them keeps it from starting.
 * @param engine the program that stops containers
 */
export function judgeTakenPorts({ name, ports }: Pick<StateReport, 'name' | 'ports'>, engine: string): Finding[] {
  return ports
    .filter(({ isTaken, container }) => isTaken && container?.cluster !== name)
    .map(({ port, container, process }) => {
      const message = `Port ${port} of ${name} is in use by ${describeHolder({ container, process })}.`;
      const fix =
        container !== undefined
          ? `${engine} stop ${container.name}`
          : process !== undefined
            ? `kill ${process.pid}`
            : `sudo ss -ltnp 'sport = :${port}'`;
      return problem('port', 'PORT_IN_USE', message, fix);
    });
}

/** What the engine leads into a cluster. */
export interface MappingReport {
  readonly name: string;
  /** Ports of this machine, and of the nodes, where each shall lead. */
  readonly wanted: readonly { readonly port: number; readonly use: string }[];
  /** Ports of this machine that lead into its nodes. */
  readonly published: readonly number[];
}

/** Whether the ports of this machine lead into the cluster (S1-26). */
export function judgeMapping({ name, wanted, published }: MappingReport): Finding[] {
  const lost = wanted.filter(({ port }) => !published.includes(port));
  if (lost.length === 0)
    return [ok('port', `The ports ${wanted.map(({ port }) => port).join(' and ')} lead into ${name}.`)];
  return lost.map(({ port, use }) =>
    problem(
      'port',
      'PORT_UNMAPPED',
      `No port of the nodes of ${name} is published as ${port}, which is for ${use}.`,
      `devreg create --name ${name} --recreate`,
    ),
  );
}

/** What devreg remembers of the others. */
export function judgeRecords(
  others: readonly { readonly name: string; readonly state: StateReport['state'] }[],
): Finding[] {
  const findings = others.flatMap(({ name, state }): Finding[] => {
    if (state === 'missing')
      return [warning('records', 'CLUSTER_MISSING', `The nodes of ${name} are gone.`, `devreg delete --name ${name}`)];
    if (state === 'unfinished') {
      const message = `devreg create was cut off while it made ${name}.`;
      return [warning('records', 'CLUSTER_UNFINISHED', message, `devreg delete --name ${name}`)];
    }
    return [];
  });
  if (findings.length > 0) return findings;
  return [
    others.length === 0
      ? skipped('records', 'There are no other clusters.')
      : ok('records', 'Of the others none is left half-made.'),
  ];
}

function describeHolder({ container, process }: Pick<PortReport, 'container' | 'process'>): string {
  if (container !== undefined)
    return `the container ${container.name}${container.cluster === undefined ? '' : ` of the cluster ${container.cluster}`}`;
  if (process === undefined) return 'another program';
  return `process ${process.pid}${process.command === undefined ? '' : ` (${process.command})`}`;
}
