/** The objects of registry and ingress, from the templates that come with devreg. */
import { readAsset } from './assets.ts';
import { ingressValues, registryValues } from './cluster-values.ts';
import type { ClusterView } from './cluster-view.ts';
import { withLabels } from './labels.ts';
import { type Manifest, parseObjects } from './objects.ts';
import { renderTemplate } from './render.ts';

/** In the order in which they are applied: pods find what they need. */
const REGISTRY = ['namespace', 'secrets', 'storage', 'services', 'local-registry-hosting', 'ingress', 'workload'];
const INGRESS = ['access', 'classes', 'config', 'service', 'workload'];

/**
 * The registry: its namespace first, its Deployment last.
 * @returns objects in the order they are to be applied
 */
export async function renderRegistry(view: ClusterView): Promise<Manifest[]> {
  const objects = await renderAll('registry', REGISTRY, registryValues(view));
  return withLabels(objects, {
    name: 'registry',
    component: 'registry',
    instance: view.cluster,
    version: view.version,
  });
}

/**
 * The ingress; it lives in the registry's namespace and has its certificate.
 * @returns objects in the order they are to be applied, none when the view has no ingress
 */
export async function renderIngress(view: ClusterView): Promise<Manifest[]> {
  if (view.ingress === undefined) return [];
  const objects = await renderAll('ingress', INGRESS, ingressValues(view));
  return withLabels(objects, {
    name: 'traefik',
    component: 'ingress',
    instance: view.cluster,
    version: tagOf(view.ingress.image),
  });
}

async function renderAll(folder: string, names: readonly string[], values: object): Promise<Manifest[]> {
  const templates = await Promise.all(names.map((name) => readAsset(`templates/${folder}/${name}.yaml.hbs`)));
  return templates.flatMap((template) => parseObjects({ path: template.path, text: renderTemplate(template, values) }));
}

/** Of an image's name; its host may have a port, and a digest may follow. */
function tagOf(image: string): string {
  return /:([\w][\w.-]{0,127})(?:@.*)?$/.exec(image)?.[1] ?? 'latest';
}
