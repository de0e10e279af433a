/** Looks at, writes and takes back the CA files of podman, buildah and skopeo. */
import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, open, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { systemCodeOf, translateFileErrors, translateReadErrors } from '../errors.ts';
import {
  containersCertPaths,
  sha256Of,
  type CertPlace,
  type CertStep,
  type ContainersCertsPlan,
  type ContainersCertsRequest,
  type WrittenCert,
} from './containers-certs.ts';

/** What became of one step; `conflict` also when somebody else came between plan and deed. */
export interface CertResult {
  readonly registry: string;
  readonly path: string;
  readonly outcome: 'created' | 'replaced' | 'kept' | 'conflict';
}

/** What became of one file; `changed`: somebody else wrote to it since, so it stays. */
export interface UndoneCert {
  readonly registry: string;
  readonly path: string;
  readonly outcome: 'removed' | 'absent' | 'changed';
}

/**
 * Looks at each place a plan is about.
 * @throws DevregError REGISTRY_INVALID, or when the file system refuses
 */
export async function findCertPlaces(request: ContainersCertsRequest): Promise<CertPlace[]> {
  return Promise.all(request.registries.map((registry) => findPlace(request, registry)));
}

/**
 * Does what the plan says; the plan's `written` must be kept before.
 * @throws DevregError when the file system refuses
 */
export async function applyContainersCerts(plan: ContainersCertsPlan): Promise<CertResult[]> {
  const results: CertResult[] = [];
  for (const step of plan.steps) {
    const { registry, path } = step;
    const outcome = await translateFileErrors(`write ${path}`, () => applyStep(step, plan.certificate));
    results.push({ registry, path, outcome });
  }
  return results;
}

/**
 * Removes the files that still say what devreg wrote, then the folders it made, where they are empty.
 * Clusters share these files: give only the entries of registries that no other cluster has.
 * @throws DevregError when the file system refuses
 */
export async function undoContainersCerts(written: readonly WrittenCert[]): Promise<UndoneCert[]> {
  const results: UndoneCert[] = [];
  for (const entry of written) {
    const { registry, path } = entry;
    const outcome = await translateFileErrors(`remove ${path}`, () => removeOwn(entry));
    results.push({ registry, path, outcome });
  }
  const innermostFirst = [...new Set(written.flatMap(({ folders }) => folders))].toSorted(
    (a, b) => b.length - a.length,
  );
  for (const folder of innermostFirst)
    await translateFileErrors(`remove the folder ${folder}`, () => removeIfEmpty(folder));
  return results;
}

async function findPlace({ home, root }: ContainersCertsRequest, registry: string): Promise<CertPlace> {
  const { path, folders, machineFolders } = containersCertPaths(home, root, registry);
  return translateReadErrors(path, async () => ({
    registry,
    path,
    found: await fingerprintOf(path),
    missingFolders: await filterByPresence(folders, false),
    machineFolders: await filterByPresence(machineFolders, true),
  }));
}

async function applyStep(step: CertStep, certificate: string): Promise<CertResult['outcome']> {
  switch (step.action) {
    case 'create':
      return createFile(step, certificate);
    case 'replace':
      return replaceFile(step, certificate);
    case 'keep':
      return 'kept';
    case 'conflict':
      return 'conflict';
  }
}

async function createFile({ path, missingFolders }: CertStep, certificate: string): Promise<CertResult['outcome']> {
  for (const folder of missingFolders) await mkdir(folder, { mode: 0o755 }).catch(ignore('EEXIST'));
  return withDraft(path, certificate, async (draft) => {
    try {
      await link(draft, path);
      return 'created';
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
      return (await fingerprintOf(path)) === sha256Of(certificate) ? 'kept' : 'conflict';
    }
  });
}

async function replaceFile({ path, found }: CertStep, certificate: string): Promise<CertResult['outcome']> {
  return withDraft(path, certificate, async (draft) => {
    if ((await fingerprintOf(path)) !== found) return 'conflict';
    await rename(draft, path);
    return 'replaced';
  });
}

/** The draft's name ends in nothing that these tools read. */
async function withDraft<T>(path: string, text: string, place: (draft: string) => Promise<T>): Promise<T> {
  const draft = `${path}.${randomUUID()}.draft`;
  try {
    await writeSynced(draft, text);
    return await place(draft);
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o644);
  await file.writeFile(text);
  await file.sync();
}

async function removeOwn({ path, hashes }: WrittenCert): Promise<UndoneCert['outcome']> {
  const found = await fingerprintOf(path);
  if (found === undefined) return 'absent';
  if (!hashes.includes(found)) return 'changed';
  await rm(path, { force: true });
  return 'removed';
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(ignore('ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'));
}

/** @returns the sha256 of a regular file, `other` for anything else, undefined when nothing is there */
async function fingerprintOf(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isFile() ? sha256Of(await readFile(path)) : 'other';
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function filterByPresence(paths: readonly string[], wanted: boolean): Promise<string[]> {
  const present = await Promise.all(paths.map((path) => stat(path).then(() => true, ignoreAsFalse)));
  return paths.filter((_, index) => present[index] === wanted);
}

function ignoreAsFalse(error: unknown): boolean {
  if (systemCodeOf(error) === 'ENOENT') return false;
  throw error;
}

function ignore(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes(systemCodeOf(error) ?? '')) throw error;
  };
}
