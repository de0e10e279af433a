/** Opens a place outside registries, to copy an image to. */
import type { ImageTarget } from '../copy/image-target.ts';
import { DevregError } from '../errors.ts';
import type { Platform } from '../oci/descriptor.ts';
import { parseDigest } from '../oci/digest.ts';
import type { ArchivePorts, TargetOptions } from './archive-ports.ts';
import { openDirTarget } from './dir/dir-target.ts';
import { openDockerTarget } from './docker/docker-target.ts';
import { openEngineTarget } from './engine-target.ts';
import { fullName } from './layout/choose-image.ts';
import { openLayoutFolder } from './layout/layout-folder.ts';
import { createLayoutTarget, fullNames, type LayoutName } from './layout/layout-target.ts';
import { type ArchiveOutput, toFile, toStream } from './output/archive-output.ts';
import { gatherOneImage } from './output/gathering.ts';
import { formatTransport, type Transport } from './transport.ts';

/**
 * Opens a place. Archives and engines get the image when it is finished, as a whole.
 * @throws DevregError TARGET_OCCUPIED, ARCHIVE_EXISTS, TRANSPORT_INVALID, those of files and engines
 */
export async function openArchiveTarget(
  transport: Transport,
  options: TargetOptions,
  ports: ArchivePorts,
): Promise<ImageTarget> {
  const name = formatTransport(transport);
  refuseChoice(transport, name);
  const { platform = localPlatform(), names = [] } = options;
  switch (transport.kind) {
    case 'oci': {
      const folder = await openLayoutFolder(transport.path, { lasting: true });
      return createLayoutTarget(folder, layoutNames(transport, names), name);
    }
    case 'dir':
      return openDirTarget(transport.path, name);
    case 'oci-archive': {
      const output = await openOutput(transport.path, { overwrite: true, ...options }, ports);
      return gatherOneImage(output, platform, layoutNames(transport, names), name);
    }
    case 'docker-archive':
      return openDockerTarget(await openOutput(transport.path, options, ports), dockerNames(transport, names), name);
    case 'docker-daemon':
    case 'containers-storage': {
      const engine = await ports.engine(transport.kind === 'containers-storage' ? 'podman' : undefined);
      return openEngineTarget(engine, dockerNames(transport, names), name, platform, ports.spoolFolder);
    }
  }
}

/** Where an archive goes: a file, or `-` for standard output. @throws DevregError ARCHIVE_EXISTS */
export async function openOutput(
  path: string,
  { compression = 'none', overwrite = false }: Omit<TargetOptions, 'names'>,
  { stdout, spoolFolder }: ArchivePorts,
): Promise<ArchiveOutput> {
  if (path !== '-') return toFile(path, compression, overwrite);
  return toStream('standard output', () => stdout, compression, { end: false, workFolder: spoolFolder });
}

/** What runs here, or in the engine's machine on systems that are not Linux. */
export function localPlatform(): Platform {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return { os: 'linux', architecture };
}

/** The name as it was given, as containers/image has it, and the full names beside it. */
function layoutNames({ reference }: Transport, names: readonly string[]): readonly LayoutName[] {
  if (reference === undefined) return fullNames(names);
  const full = /[/:]/.test(reference) ? fullName(reference) : undefined;
  return [{ refName: reference, fullName: full }, ...fullNames(names.filter((name) => name !== full))];
}

function dockerNames({ reference }: Transport, names: readonly string[]): readonly string[] {
  return reference === undefined ? names : [reference, ...names];
}

/** A number or digest says which image to read; where to write it says nothing. */
function refuseChoice({ index, reference }: Transport, name: string): void {
  const isDigest = reference !== undefined && parseDigest(reference) !== undefined;
  if (index === undefined && !isDigest) return;
  throw new DevregError('usage', 'TRANSPORT_INVALID', `${name} cannot be written to: it has no name for the image.`, {
    hint: 'Put a name instead of the number or digest.',
  });
}
