/** Whether the registry's claim may grow where it is. */
import type { KubeApi, KubeObject } from '../../kube/kube-api.ts';
import type { ClusterSettings } from '../../state/record.ts';

/** What each unit of a quantity is worth (Kubernetes, apimachinery, resource.Quantity). */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

type StorageClass = KubeObject & { readonly allowVolumeExpansion?: boolean };

/**
 * Asks the cluster whether the storage class lets a claim grow; none can shrink, and a folder of a node has no class.
 * @throws DevregError of the API
 */
export async function mayExpand(api: KubeApi, before: ClusterSettings, wanted: ClusterSettings): Promise<boolean> {
  const { storageClass: name } = before;
  if (name === undefined || name !== wanted.storageClass) return false;
  if (!(bytesOf(wanted.storageSize) > bytesOf(before.storageSize))) return false;
  const found: StorageClass | undefined = await api.get({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    name,
  });
  return found?.allowVolumeExpansion === true;
}

/** @returns NaN for what is no quantity, or one of another form */
function bytesOf(quantity: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity) ?? [];
  return number === '' ? Number.NaN : Number(number) * (UNITS[unit] ?? Number.NaN);
}
