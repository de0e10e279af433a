/** What podman, buildah and skopeo must find to trust a CA, and what of it devreg may write. Pure. */
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { parseRegistryName } from './registry-name.ts';

/** A file that devreg wrote, as its records keep it. */
export interface WrittenCert {
  /** `host:port`, as images are named. */
  readonly registry: string;
  readonly path: string;
  /**
   * The sha256 of all that devreg wrote there, in lower-case hex, the newest first. The one before stays,
   * because a plan that is kept may yet fail to be applied.
   */
  readonly hashes: readonly string[];
  /** Folders that were made for it, outermost first. */
  readonly folders: readonly string[];
}

/** What is wanted. */
export interface ContainersCertsRequest {
  /** The user's home folder. These tools look below it, whatever XDG_CONFIG_HOME says. */
  readonly home: string;
  /** The folder that `/etc` is in. */
  readonly root: string;
  /** The CA in PEM. */
  readonly certificate: string;
  /** Each `host:port`, as images are named. */
  readonly registries: readonly string[];
  /** What earlier plans wrote for this user, for all of the clusters. */
  readonly written: readonly WrittenCert[];
}

/** What stands where a registry's CA goes. */
export interface CertPlace {
  readonly registry: string;
  readonly path: string;
  /** The sha256 of a regular file; `other` for anything else; undefined when nothing is there. */
  readonly found: string | undefined;
  /** Folders on the way that are missing, outermost first. */
  readonly missingFolders: readonly string[];
  /** Folders of the whole machine for the same registry: not read any more once the user has one. */
  readonly machineFolders: readonly string[];
}

/** What is to be done in one place. */
export interface CertStep {
  /**
   * `create` a file; `replace` one that devreg wrote; `keep` one that says the same already;
   * leave it, in `conflict`, because somebody else wrote something else.
   */
  readonly action: 'create' | 'replace' | 'keep' | 'conflict';
  readonly registry: string;
  readonly path: string;
  /** What the file says now; undefined when there is none. */
  readonly found: string | undefined;
  readonly missingFolders: readonly string[];
  /** Folders of the whole machine that the new one hides. */
  readonly hides: readonly string[];
}

/** What is to be done, and how the records read when it is. */
export interface ContainersCertsPlan {
  readonly certificate: string;
  readonly steps: readonly CertStep[];
  /** To be kept before the plan is applied, so that nothing written is ever unknown. */
  readonly written: readonly WrittenCert[];
}

/** Where these tools look for the CA of a registry, below the user's home. */
const USER_FOLDERS = ['.config', 'containers', 'certs.d'];

/** Where they look when the user has no folder for the registry. */
const MACHINE_FOLDERS = ['etc/containers/certs.d', 'etc/docker/certs.d'];

/** Every `.crt` of the folder is read, and one of another ending would be taken for half of a client's key pair. */
const FILE_NAME = 'ca.crt';

/**
 * The folders and the file for one registry.
 * @see https://github.com/containers/image/blob/main/docs/containers-certs.d.5.md
 * @throws DevregError REGISTRY_INVALID
 */
export function containersCertPaths(
  home: string,
  root: string,
  registry: string,
): {
  readonly path: string;
  /** From the home folder downwards, outermost first. */
  readonly folders: readonly string[];
  readonly machineFolders: readonly string[];
} {
  parseRegistryName(registry);
  const names = [...USER_FOLDERS, registry];
  const folders = names.map((_, index) => join(home, ...names.slice(0, index + 1)));
  return {
    path: join(home, ...names, FILE_NAME),
    folders,
    machineFolders: MACHINE_FOLDERS.map((folder) => join(root, folder, registry)),
  };
}

/** Decides what to do in each place; nothing is touched that devreg has not written. */
export function planContainersCerts(
  request: ContainersCertsRequest,
  places: readonly CertPlace[],
): ContainersCertsPlan {
  const sha256 = sha256Of(request.certificate);
  const steps = places.map((place) => planStep(place, sha256, findWritten(request.written, place.path)));
  const made = new Set(request.written.flatMap(({ folders }) => folders));
  const renewed = steps.flatMap((step) => recordStep(step, sha256, request.written, made));
  const paths = new Set(renewed.map(({ path }) => path));
  const others = request.written.filter(({ path }) => !paths.has(path));
  return { certificate: request.certificate, steps, written: [...others, ...renewed] };
}

/** The sha256 of a file's text or bytes, in lower-case hex. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function planStep(place: CertPlace, sha256: string, earlier: WrittenCert | undefined): CertStep {
  const { registry, path, found, missingFolders } = place;
  const hides = missingFolders.includes(dirname(path)) ? place.machineFolders : [];
  const step = { registry, path, found, missingFolders, hides };
  if (found === undefined) return { action: 'create', ...step };
  if (found === sha256) return { action: 'keep', ...step };
  return { action: earlier?.hashes.includes(found) === true ? 'replace' : 'conflict', ...step };
}

/** A file that said the same before devreg came is not devreg's; one in conflict may become its own again. */
function recordStep(
  step: CertStep,
  sha256: string,
  written: readonly WrittenCert[],
  made: ReadonlySet<string>,
): WrittenCert[] {
  const { action, registry, path } = step;
  const earlier = findWritten(written, path);
  if (action === 'conflict' || (action === 'keep' && earlier === undefined))
    return earlier === undefined ? [] : [earlier];
  const hashes = [...new Set([sha256, ...(earlier?.hashes ?? [])])];
  const missing = new Set(step.missingFolders);
  const folders = ancestorsOf(path).filter((folder) => missing.has(folder) || made.has(folder));
  return [{ registry, path, hashes, folders }];
}

function findWritten(written: readonly WrittenCert[], path: string): WrittenCert | undefined {
  return written.find((entry) => entry.path === path);
}

/** The folders a file is in, outermost first. */
function ancestorsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...ancestorsOf(parent), parent];
}
