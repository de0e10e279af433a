/** What is asked of a cluster that only a new one can have. Pure. */
import { DevregError } from '../../errors.ts';
import type { ClusterSettings } from '../../state/record.ts';

/** A setting that cannot be changed in place. */
export interface Drift {
  readonly key: keyof ClusterSettings;
  /** The option that asks for it: `--port`. */
  readonly option: string;
  /** How it is, and how it shall be, in words. */
  readonly is: string;
  readonly wanted: string;
}

/** What stands in a cluster's nodes from their beginning, and the options that ask for it. */
const FIXED: Readonly<Partial<Record<keyof ClusterSettings, string>>> = {
  port: '--port',
  registryPort: '--registry-port',
  tls: '--protocol',
  ingress: '--ingress',
  workers: '--workers',
  nodeImage: '--node-image',
  kindConfig: '--kind-config',
  extraPorts: '--extra-ports',
  nodePort: '--node-port',
  storageSize: '--storage-size',
  storageClass: '--storage-class',
  dataDir: '--data-dir',
  listen: '--listen',
  namespace: '--namespace',
  serviceName: '--service-name',
  serviceType: '--service-type',
  appName: '--app-name',
};

/** @returns all of them, in the order of the options */
export function findDrift(before: ClusterSettings, wanted: ClusterSettings): Drift[] {
  return Object.entries(FIXED).flatMap(([name, option]) => {
    const key = name as keyof ClusterSettings;
    if (isSame(key, before, wanted)) return [];
    return [{ key, option, is: describe(before[key]), wanted: describe(wanted[key]) }];
  });
}

/** One of them as a part of a sentence. */
export function formatDrift({ option, is, wanted }: Pick<Drift, 'option' | 'is' | 'wanted'>): string {
  return `${option} ${is} → ${wanted}`;
}

/**
 * Refuses to change what only a new cluster can have.
 * @throws DevregError CLUSTER_DRIFT
 */
export function refuseDrift(name: string, drift: readonly Pick<Drift, 'option' | 'is' | 'wanted'>[]): void {
  if (drift.length === 0) return;
  const sentence = `The cluster ${name} cannot be changed like that in place: ${drift.map(formatDrift).join('; ')}.`;
  throw new DevregError('conflict', 'CLUSTER_DRIFT', sentence, {
    hint: 'Add --recreate to make it anew: what is in it goes, unless --data-dir keeps it. Or choose another --name.',
  });
}

/** By their JSON; of a configuration it does not matter where it is from. */
function isSame(key: keyof ClusterSettings, before: ClusterSettings, wanted: ClusterSettings): boolean {
  const [one, other] = [before, wanted].map(
    (settings) => ({ ...settings, kindConfig: settings.kindConfig?.text })[key],
  );
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A text is told as it is, a configuration by where it is from. */
function describe(value: ClusterSettings[keyof ClusterSettings]): string {
  if (value === undefined || value === '') return 'none';
  if (typeof value === 'object' && 'source' in value) return value.source;
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.join(',');
  return String(value);
}
