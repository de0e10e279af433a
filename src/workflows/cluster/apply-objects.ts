/** Brings a cluster's objects into it, and takes away those of what is wanted no longer. */
import type { KubeApi, KubeObject } from '../../kube/kube-api.ts';
import { renderIngress, renderRegistry } from '../../rendering/cluster-objects.ts';
import type { ClusterView } from '../../rendering/cluster-view.ts';

/**
 * Applies the objects of registry and ingress. Namespaces come first, the rest side by side.
 * @throws DevregError of the API
 */
export async function applyObjects(api: KubeApi, view: ClusterView): Promise<void> {
  const objects: KubeObject[] = [...(await renderRegistry(view)), ...(await renderIngress(view))];
  const isFirst = ({ kind }: KubeObject) => kind === 'Namespace';
  for (const object of objects.filter(isFirst)) await api.apply(object);
  await Promise.all(objects.filter((object) => !isFirst(object)).map((object) => api.apply(object)));
}
