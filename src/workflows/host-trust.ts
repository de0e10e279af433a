/** Makes podman, buildah and skopeo of this user trust a registry, and takes exactly that back. */
import type { AnyRecord, TrustedFile } from '../state/record.ts';
import type { Records } from '../state/records.ts';
import { applyContainersCerts, findCertPlaces, undoContainersCerts } from '../trust/containers-certs-files.ts';
import { planContainersCerts } from '../trust/containers-certs.ts';
import type { Progress } from './progress.ts';

/** Where the files of these tools are. */
export interface TrustPlace {
  readonly home: string;
  /** The folder that `/etc` is in. */
  readonly root: string;
}

/**
 * Writes the authority's certificate for each registry. What will be written is recorded first, so that nothing
 * written is ever unknown; what is wanted no longer is taken back.
 * @param record the record as it is; its files are the ones written before
 * @returns the record as it was saved
 * @throws DevregError when the file system refuses
 */
export async function trustOnHost<Kind extends AnyRecord>(
  record: Kind,
  wanted: { readonly certificate: string; readonly registries: readonly string[] },
  place: TrustPlace,
  records: Records,
  progress: Progress,
): Promise<Kind> {
  const request = { ...place, ...wanted };
  const places = await findCertPlaces({ ...request, written: [] });
  // Others are read after looking: a folder that one of them made stands in its record before it is there to be seen.
  const others = await othersThan(record.name, records);
  const written = [...record.trusted, ...others.flatMap(({ trusted }) => trusted)];
  const plan = planContainersCerts({ ...request, written }, places);
  const trusted = plan.written.filter(({ registry }) => wanted.registries.includes(registry));
  const saved = { ...record, trusted: uniqueByPath(trusted) };
  const left = record.trusted.filter(({ registry }) => !wanted.registries.includes(registry));
  await records.save({ ...saved, trusted: [...saved.trusted, ...left] });
  for (const { outcome, path } of await applyContainersCerts(plan)) {
    if (outcome === 'conflict')
      progress.warn(`${path} is not from devreg and stays as it is: podman and skopeo may not trust this registry.`);
  }
  for (const { hides } of plan.steps) {
    for (const folder of hides)
      progress.warn(
        `${folder} is no longer read by podman and skopeo, since you have a folder of your own for it now.`,
      );
  }
  await releaseTrust(left, others);
  if (left.length > 0) await records.save(saved);
  return saved;
}

/** Removes the files that no other registry needs. */
export async function releaseTrust(files: readonly TrustedFile[], others: readonly AnyRecord[]): Promise<void> {
  const needed = new Set(others.flatMap(({ trusted }) => trusted.map(({ path }) => path)));
  await undoContainersCerts(files.filter(({ path }) => !needed.has(path)));
}

/** The records of all registries but one. */
export async function othersThan(name: string, records: Records): Promise<AnyRecord[]> {
  return (await records.list()).filter((record) => record.name !== name);
}

/** Of entries for the same file the last one counts. */
export function uniqueByPath(files: readonly TrustedFile[]): TrustedFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}
