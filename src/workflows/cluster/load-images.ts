/** Brings images to the node that runs them, from this machine: nothing is pulled that is here. */
import type { ClusterNode } from '../../cluster/cluster-provider.ts';
import { ensureImageName, hasImage, importImage, toLocalReference } from '../../cluster/node-images.ts';
import type { ContainerEngine } from '../../engine/engine.ts';
import type { RegistryImage } from '../../image/registry-image.ts';
import type { ClusterSettings } from '../../state/record.ts';
import { INGRESS_IMAGE, REGISTRY_USER, nodeDataFolder } from './cluster-views.ts';

/**
 * Loads the images of registry and ingress, and prepares the folder for the registry's data.
 * @param image undefined: the user has one of their own
 * @throws DevregError of the engine; the signal's reason when it aborts
 */
export async function loadImages(
  settings: ClusterSettings,
  nodes: readonly ClusterNode[],
  image: RegistryImage | undefined,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<void> {
  const node = nodes.find(({ role }) => role === 'control-plane')?.name;
  if (node === undefined) throw new Error('A cluster without a control plane has come about.');
  const folder = nodeDataFolder(settings);
  if (folder !== undefined) await prepareFolder(engine, node, folder, signal);
  if (image !== undefined && !(await hasImage(engine, node, image.reference)))
    await importImage(engine, node, image.open(), signal);
  const { registryImage, ingress } = settings;
  if (registryImage !== undefined) await loadFromEngine(engine, node, registryImage, signal);
  if (ingress !== 'none') await loadFromEngine(engine, node, INGRESS_IMAGE, signal);
}

/** The registry runs as nobody in particular, and may write nowhere else. */
async function prepareFolder(
  engine: ContainerEngine,
  container: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const owner = ['-o', REGISTRY_USER, '-g', REGISTRY_USER];
  await engine.exec({ container, command: ['install', '-d', '-m', '700', ...owner, folder], signal });
}

/** An image that is not in the engine's store is pulled by the node when its pod starts. */
async function loadFromEngine(
  engine: ContainerEngine,
  node: string,
  image: string,
  signal: AbortSignal,
): Promise<void> {
  if (await hasImage(engine, node, image)) return;
  const name = await findName(engine, image);
  if (name === undefined) return;
  await importImage(engine, node, engine.saveImage(name, signal), signal);
  if (engine.kind === 'podman') await ensureImageName(engine, node, image, signal);
}

/** What the engine has an image by: Podman may know what it was given as its own alone. */
async function findName(engine: ContainerEngine, image: string): Promise<string | undefined> {
  const names = [image, ...(engine.kind === 'podman' ? [toLocalReference(image)] : [])];
  for (const name of names) if (name !== undefined && (await engine.findImage(name)) !== undefined) return name;
  return undefined;
}
