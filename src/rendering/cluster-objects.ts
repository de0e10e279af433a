/** The objects of registry and ingress, from the templates that come with devreg. */
import { readAsset } from './assets.ts';
import { ingressValues, registryValues } from './cluster-values.ts';
import type { ClusterView } from './cluster-view.ts';
import { withLabels } from './labels.ts';
import { type Manifest, parseObjects } from './objects.ts';
import { renderTemplate } from './render.ts';

/** In the order in which they are applied: pods find what they need. Templates are filled in, manifests are as they are. */
const REGISTRY = [
  'templates/registry/namespace.yaml.hbs',
  'templates/registry/secrets.yaml.hbs',
  'templates/registry/storage.yaml.hbs',
  'templates/registry/services.yaml.hbs',
  'templates/registry/local-registry-hosting.yaml.hbs',
  'templates/registry/ingress.yaml.hbs',
  'templates/registry/workload.yaml.hbs',
];
const INGRESS = [
  'templates/ingress/access.yaml.hbs',
  'manifests/ingress/class.yaml',
  'templates/ingress/config.yaml.hbs',
  'templates/ingress/service.yaml.hbs',
  'templates/ingress/workload.yaml.hbs',
];
const GATEWAY = [
  'templates/gateway/access.yaml.hbs',
  'manifests/gateway/class.yaml',
  'templates/gateway/gateway.yaml.hbs',
];

/**
 * The registry: its namespace first, its Deployment last.
 * @returns objects in the order they are to be applied
 */
export async function renderRegistry(view: ClusterView): Promise<Manifest[]> {
  const objects = await renderAll(REGISTRY, registryValues(view));
  return withLabels(objects, {
    name: view.registry.appName,
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
  const paths = view.ingress.gatewayApi === true ? [...GATEWAY, ...INGRESS] : INGRESS;
  const objects = await renderAll(paths, ingressValues(view));
  return withLabels(objects, {
    name: 'traefik',
    component: 'ingress',
    instance: view.cluster,
    version: tagOf(view.ingress.image),
  });
}

async function renderAll(paths: readonly string[], values: object): Promise<Manifest[]> {
  const assets = await Promise.all(paths.map(readAsset));
  return assets.flatMap(({ path, text }) =>
    parseObjects({ path, text: path.endsWith('.hbs') ? renderTemplate({ path, text }, values) : text }),
  );
}

/** Of an image's name; its host may have a port, and a digest may follow. */
function tagOf(image: string): string {
  return /:([\w][\w.-]{0,127})(?:@.*)?$/.exec(image)?.[1] ?? 'latest';
}
