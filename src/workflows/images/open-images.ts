/** Opens what the recipes about images work with, for one command. */
import { tmpdir } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { createCredentialLookup } from '../../client/registry/credentials.ts';
import { openRegistryImage } from '../../client/registry/registry-image.ts';
import { openRegistry } from '../../client/registry/registry-client.ts';
import { copyImage } from '../../copy/copy-image.ts';
import type { ListedRegistry } from '../../imagelists/image-list.ts';
import type { Runner } from '../../process/runner.ts';
import type { FolderSurroundings } from '../../state/folders.ts';
import { openState } from '../open-state.ts';
import type { ImagePorts, Side } from './image-ports.ts';
import { openArchives } from './archives.ts';
import { type OwnRegistries, readOwnRegistries } from './own-registries.ts';
import { type RegistriesOptions, type RegistryAccess, openRegistries } from './registries.ts';

/** What the command line says about registries. */
export interface ImagesWish {
  /** The own registry; undefined: the only one there is, else devreg. */
  readonly name: string | undefined;
  readonly access: Readonly<Record<Side, RegistryAccess>>;
  readonly retries: NonNullable<RegistriesOptions['retries']>;
  /** What a list of images says about them, by host. */
  readonly listed?: ReadonlyMap<string, ListedRegistry>;
}

/** What of this machine is used. */
export interface ImagesSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machine: Omit<FolderSurroundings, 'env'>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly signal: AbortSignal;
}

/** All that recipes about images are given. Disposing closes what they opened. */
export interface OpenImages extends AsyncDisposable {
  readonly ports: ImagePorts;
  readonly own: OwnRegistries;
}

/**
 * Opens them; registries and archives are asked nothing before a recipe does.
 * @param warn says what is left out
 * @throws DevregError RECORD_DAMAGED, and those of the file system
 */
export async function openImages(
  wish: ImagesWish,
  { env, machine, stdin, stdout, signal }: ImagesSurroundings,
  warn: (text: string) => void,
): Promise<OpenImages> {
  let opening: Promise<Runner> | undefined;
  // Few images need a program to be started, and what starts programs takes long to load.
  const openRunner = () =>
    (opening ??= import('../../process/execa-runner.ts').then(({ createRunner }) => createRunner(env)));
  const own = await readOwnRegistries(wish.name, openState({ ...machine, env }));
  const registries = openRegistries({
    access: wish.access,
    own,
    listed: wish.listed ?? new Map(),
    retries: wish.retries,
    sources: { env, home: machine.home, runner: { run: async (command) => (await openRunner()).run(command) } },
    createClient: openRegistry,
    createLookup: createCredentialLookup,
  });
  const engine = async (kind: 'docker' | 'podman' | undefined) => {
    const { detectEngine } = await import('../../engine/detect-engine.ts');
    return detectEngine(await openRunner(), kind);
  };
  const archives = openArchives({ engine, stdin, stdout, spoolFolder: tmpdir() }, signal);
  return {
    own,
    ports: { registries, archives, copyImage, openImage: openRegistryImage, warn, signal },
    [Symbol.asyncDispose]: () => registries[Symbol.asyncDispose](),
  };
}
