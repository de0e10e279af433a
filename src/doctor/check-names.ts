/** Whether the registry's names lead to it: on this machine, and in the cluster. Pure. */
import { type Finding, ok, problem, skipped, warning } from './finding.ts';

/** A name of the registry on this machine. */
export interface HostNameReport {
  readonly host: string;
  /** Whether it leads to this machine. */
  readonly resolves: boolean;
  /** A line of the hosts file that leads it elsewhere. */
  readonly conflict: { readonly line: number; readonly address: string } | undefined;
}

/** Judges the names on this machine. */
export function judgeHostNames(
  names: readonly HostNameReport[],
  { name, isCluster, hostsFile, local }: NamePlace,
): Finding[] {
  const wrong = names.flatMap(({ host, resolves, conflict }): Finding[] => {
    if (conflict !== undefined) {
      const message = `Line ${conflict.line} of ${hostsFile} leads ${host} to ${conflict.address}.`;
      return [problem('host-name', 'HOST_NAME_TAKEN', message, `sudo sed -i.bak '${conflict.line}d' ${hostsFile}`)];
    }
    if (resolves) return [];
    const fix = isCluster
      ? `devreg create --name ${name} --hosts-file`
      : `printf '127.0.0.1 ${host}\\n' | sudo tee -a ${hostsFile}`;
    const message = `${host} does not lead to this machine. ${local} does.`;
    return [warning('host-name', 'HOST_NAME_UNKNOWN', message, fix)];
  });
  const verb = names.length === 1 ? 'leads' : 'lead';
  return wrong.length > 0
    ? wrong
    : [ok('host-name', `${names.map(({ host }) => host).join(', ')} ${verb} to this machine.`)];
}

/** Where names are looked up. */
export interface NamePlace {
  /** devreg's name for the registry. */
  readonly name: string;
  readonly isCluster: boolean;
  readonly hostsFile: string;
  /** The name that always works, `localhost:5001`. */
  readonly local: string;
}

/** What CoreDNS is told, and what it says. */
export interface ClusterNameReport {
  /** Whether its configuration has the registry's names. */
  readonly isConfigured: boolean;
  /** What it answers for the registry's host: addresses; undefined when nobody could ask. */
  readonly answers: readonly string[] | undefined;
  readonly host: string;
  /** The address of the registry's Service. */
  readonly wanted: string;
}

/** Judges the names in the cluster. */
export function judgeClusterNames({ isConfigured, answers, host, wanted }: ClusterNameReport, name: string): Finding {
  const fix = `devreg create --name ${name}`;
  if (!isConfigured)
    return problem('cluster-dns', 'DNS_NAMES_MISSING', `The CoreDNS of ${name} is not told of ${host}.`, fix);
  if (answers === undefined)
    return skipped('cluster-dns', `CoreDNS is told of ${host}; it could not be asked from a node.`);
  if (answers.includes(wanted)) return ok('cluster-dns', `Pods find ${host} at ${wanted}.`);
  const said = answers.length === 0 ? 'nothing' : answers.join(', ');
  const message = `CoreDNS answers ${said} for ${host}, and not ${wanted}.`;
  return problem('cluster-dns', 'DNS_NAMES_WRONG', message, fix);
}
