/** Images for tests, built from random files, so that no registry is needed to have one. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Machine } from './machine.ts';

/** What an image is made of. */
export interface ImageRecipe {
  /** Bytes of the one file of each layer. */
  readonly layers: readonly number[];
  readonly format?: 'oci' | 'docker';
  readonly platform?: string;
  /** Flags of `buildah config`. */
  readonly config?: readonly string[];
}

/** Builds the two images of the notes on skopeo: `fedora:latest`, and `fedora:34-aarch64` for another processor. */
export async function buildFedora(machine: Machine): Promise<void> {
  await buildImage(machine, 'fedora:latest', {
    layers: [150_000, 2_000],
    format: 'docker',
    config: [
      '--label license=MIT',
      '--label name=fedora',
      '--env FGC=f37',
      '--env container=oci',
      '--cmd /bin/bash',
      '--history-comment notes',
    ],
  });
  await buildImage(machine, 'fedora:34-aarch64', { layers: [90_000], platform: 'linux/arm64' });
}

/** Builds an image into the machine's container storage. @param name with tag, as podman lists it */
export async function buildImage(
  machine: Machine,
  name: string,
  { layers, format = 'oci', platform, config = [] }: ImageRecipe,
): Promise<void> {
  const base = platform === undefined ? 'scratch' : `--platform ${platform} scratch`;
  const steps = layers.map((bytes, index) => {
    const from = index === 0 ? base : `localhost/${name}`;
    const file = `$work/layer-${index}`;
    const settings = index === layers.length - 1 ? config : [];
    return [
      `head -c ${bytes} /dev/urandom > ${file}`,
      `container=$(buildah from --pull-never ${from})`,
      `buildah copy -q $container ${file} /layer-${index}`,
      ...(platform === undefined && settings.length === 0
        ? []
        : [`buildah config ${[...platformFlags(platform), ...settings].join(' ')} $container`]),
      `buildah commit -q --rm --format ${format} $container ${name}`,
      `rm ${file}`,
    ].join('\n');
  });
  await machine.sh(['work=$(mktemp -d)', ...steps, 'rmdir $work'].join('\n'), { timeout: BUILD_TIMEOUT_MS });
}

/** Two gigabytes are written four times over. */
const BUILD_TIMEOUT_MS = 600_000;

function platformFlags(platform: string | undefined): string[] {
  const [os, arch] = platform?.split('/') ?? [];
  return os === undefined || arch === undefined ? [] : ['--os', os, '--arch', arch];
}

/** Writes an image of the storage as an OCI layout, layers compressed as pushing would. @returns `path:tag`, as skopeo writes it */
export async function exportLayout(machine: Machine, name: string, folder: string): Promise<string> {
  const layout = join(machine.folder, folder);
  await machine.sh(
    `skopeo copy -q --format oci --dest-compress containers-storage:localhost/${name} oci:${layout}:sample`,
    { timeout: BUILD_TIMEOUT_MS },
  );
  return `${layout}:sample`;
}

/** Writes an image of the storage as the archive that `docker load` reads. @returns its path */
export async function exportArchive(machine: Machine, name: string): Promise<string> {
  const archive = join(machine.folder, `${name.replaceAll(/[/:]/g, '-')}.docker.tar`);
  await machine.sh(`podman save -q --format docker-archive -o ${archive} localhost/${name}`, {
    timeout: BUILD_TIMEOUT_MS,
  });
  return archive;
}

/** Hands an image of the storage to the machine's Docker engine, under the same name without `localhost/`. */
export async function loadIntoDocker(machine: Machine, name: string): Promise<void> {
  const archive = await exportArchive(machine, name);
  const lines = [
    `docker load -qi ${archive}`,
    `docker tag localhost/${name} ${name}`,
    `docker rmi localhost/${name}`,
    `rm ${archive}`,
  ];
  await machine.sh(lines.join('\n'), { timeout: BUILD_TIMEOUT_MS });
}

/** The digest of bytes as registries write it. */
export function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
