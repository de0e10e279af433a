/** Brings a cluster's objects into it. */
import { applyAll } from '../../kube/apply-all.ts';
import type { KubeApi, KubeObject } from '../../kube/kube-api.ts';
import { renderIngress, renderRegistry } from '../../rendering/cluster-objects.ts';
import type { ClusterView } from '../../rendering/cluster-view.ts';

/** What tells that a cluster knows the Gateway API. */
const GATEWAYS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: 'gateways.gateway.networking.k8s.io',
};

/**
 * Renders the objects of registry and ingress; the ingress serves the Gateway API where the cluster knows it.
 * @returns them in the order they are to be applied
 * @throws DevregError of the API
 */
export async function renderFor(api: KubeApi, view: ClusterView): Promise<KubeObject[]> {
  const gatewayApi = view.ingress !== undefined && (await api.get(GATEWAYS)) !== undefined;
  const ingress = view.ingress && { ...view.ingress, gatewayApi };
  return [...(await renderRegistry(view)), ...(await renderIngress({ ...view, ingress }))];
}

/**
 * Applies the objects of registry and ingress.
 * @throws DevregError of the API; the signal's reason when it aborts
 */
export async function applyObjects(api: KubeApi, view: ClusterView, signal: AbortSignal): Promise<void> {
  await applyAll(api, await renderFor(api, view), signal);
}
