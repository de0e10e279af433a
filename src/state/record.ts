/** What is remembered of one registry, as text and as a value. Pure. */
import { DevregError } from '../errors.ts';
import { isObject, parseJson } from '../json-values.ts';
import { isRecord } from './record-shape.ts';

/** Somebody whose registry devreg can stand in for. */
export type ProfileName = 'idpbuilder' | 'raibid' | 'plain';

/** How clients reach a registry, wherever it runs. */
export interface Endpoint {
  /** The name clients use, which stands in its certificate. */
  readonly host: string;
  /** The port that goes with the host. */
  readonly port: number;
  /** The port that goes with `localhost`. */
  readonly registryPort: number;
  /** The administrator. */
  readonly user: string;
  readonly durability: 'full' | 'fast';
  readonly tls: 'auto' | 'off';
  /** Whose names, ports and users were taken where nothing else was asked for; undefined: devreg's own. */
  readonly profile?: ProfileName | undefined;
}

/** What kubectl calls a cluster: kind names contexts so. */
export function contextOf(cluster: string): string {
  return `kind-${cluster}`;
}

/** Whether both names of a registry are one, and so both ports. */
export function isOneDoor({ host, port, registryPort }: Pick<Endpoint, 'host' | 'port' | 'registryPort'>): boolean {
  return host === 'localhost' && port === registryPort;
}

/** How a registry of its own was asked for; ports are the ones it got. */
export interface RegistrySettings extends Endpoint {
  /** Absolute. */
  readonly dataDir: string;
}

/** An engine on another machine that has a cluster. */
export interface EngineElsewhere {
  /** As the engine's client writes it. */
  readonly endpoint: string;
  /** The client's name for it, where it was chosen by that. */
  readonly context?: string | undefined;
  /** Where this machine comes to the ports that are published there. */
  readonly address: string;
}

/** How a cluster with a registry was asked for; ports are the ones it got. */
export interface ClusterSettings extends Endpoint {
  /** More names of the registry, without port. */
  readonly aliases: readonly string[];
  /** Whether images are also named by the host's parent domain and a path (S0-25). */
  readonly pathRouting: boolean;
  readonly ingress: 'traefik' | 'none';
  /** What a proxy before the ingress calls the registry; undefined: as everybody does. */
  readonly ingressHost: string | undefined;
  /** The namespace of everything in the cluster. */
  readonly namespace: string;
  /** The registry's Service in it. */
  readonly serviceName: string;
  /** `NodePort`: it leads to the nodes' ports itself, and so do both ports of this machine where there is no ingress. */
  readonly serviceType: 'ClusterIP' | 'NodePort';
  /** The label `app.kubernetes.io/name` of the registry. */
  readonly appName: string;
  readonly workers: number;
  /** Undefined: the provider's own. */
  readonly nodeImage: string | undefined;
  /** The text of the user's configuration, and where it was from. */
  readonly kindConfig: { readonly source: string; readonly text: string } | undefined;
  /** The address of the engine's machine that ports are published on, besides loopback; undefined: none, or the one it is reached by. */
  readonly listen?: string | undefined;
  /** More ports, `HOST:CONTAINER`. */
  readonly extraPorts: readonly string[];
  /** The port of each node that leads to the registry. */
  readonly nodePort: number;
  /** As Kubernetes writes quantities. */
  readonly storageSize: string;
  /** Undefined: a folder of the control plane's node. */
  readonly storageClass: string | undefined;
  /** A folder of this machine that outlives the cluster; absolute. */
  readonly dataDir: string | undefined;
  /** Undefined: the one that comes with devreg. */
  readonly registryImage: string | undefined;
}

/** The process that serves a registry. */
export interface ServingProcess {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** A CA file that was written for clients on this machine. */
export interface TrustedFile {
  readonly registry: string;
  readonly path: string;
  readonly hashes: readonly string[];
  readonly folders: readonly string[];
}

interface RecordBase {
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly trusted: readonly TrustedFile[];
}

/** Everything remembered of a registry that runs by itself. */
export interface RegistryRecord extends RecordBase {
  readonly provider: 'process';
  readonly settings: RegistrySettings;
  /** The process that was started last; whether it still runs is for the data folder's lock to say. */
  readonly process: ServingProcess | undefined;
  /** The outermost folder that was made to keep the data in; undefined when it was there before. */
  readonly madeFolder: string | undefined;
}

/** Everything remembered of a cluster with a registry. */
export interface ClusterRecord extends RecordBase {
  readonly provider: 'kind';
  readonly settings: ClusterSettings;
  readonly engine: 'docker' | 'podman';
  /** Undefined: on this machine. */
  readonly engineAt?: EngineElsewhere | undefined;
  /** `creating` from before the first thing is made until everything stands. */
  readonly stage: 'creating' | 'ready';
  /** What kubectl was about before the cluster came; undefined: nothing. */
  readonly formerContext?: string | undefined;
  /** The file in which names were given to this machine's loopback; undefined: none was changed. */
  readonly hostsFile: string | undefined;
}

/** Whatever devreg remembers by a name. */
export type AnyRecord = RegistryRecord | ClusterRecord;

/** The version of the text; a newer devreg that changes its meaning counts up. */
const FORMAT = 1;

/** What every cluster had before it could be chosen. */
const ONCE = { namespace: 'devreg', serviceName: 'registry', serviceType: 'ClusterIP', appName: 'registry' };

/** Writes a record down. */
export function formatRecord(record: AnyRecord): string {
  return `${JSON.stringify({ format: FORMAT, ...record }, undefined, 2)}\n`;
}

/**
 * Reads a record.
 * @param file where the text is from, for the error
 * @throws DevregError RECORD_DAMAGED, RECORD_TOO_NEW
 */
export function parseRecord(text: string, file: string): AnyRecord {
  const json = complete(parseJson(text));
  if (isObject(json) && typeof json['format'] === 'number' && json['format'] > FORMAT) throw tooNew(file);
  if (!isObject(json) || json['format'] !== FORMAT || !isRecord(json)) throw damaged(file);
  const { format: _format, ...record } = json;
  return record;
}

function complete(json: unknown): unknown {
  if (!isObject(json) || json['provider'] !== 'kind' || !isObject(json['settings'])) return json;
  return { ...json, settings: { ...ONCE, ...json['settings'] } };
}

function damaged(file: string): DevregError {
  return new DevregError('failure', 'RECORD_DAMAGED', `${file} is not what devreg wrote there.`, {
    hint: 'Move it away and run devreg create: data and credentials are kept elsewhere.',
  });
}

function tooNew(file: string): DevregError {
  return new DevregError('failure', 'RECORD_TOO_NEW', `${file} was written by a newer version of devreg.`, {
    hint: 'Use that version, or a newer one.',
  });
}
