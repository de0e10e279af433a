/** Applies an object even where somebody has changed what cannot be changed back, or is just taking it away. */
import { isFixed } from './api-errors.ts';
import type { KubeApi, KubeObject, ObjectKey } from './kube-api.ts';

/** Kinds that have data, or hold what has. They are never removed. */
const KEPT: ReadonlySet<string> = new Set([
  'CustomResourceDefinition',
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
]);

type Found = KubeObject & {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly status?: { readonly phase?: string };
};

/** Whether an object may be removed and made anew to become what it should be. */
export function mayReplace({ kind }: Pick<KubeObject, 'kind'>): boolean {
  return !KEPT.has(kind);
}

/**
 * Applies an object; where the API refuses, because a field cannot be changed, the object is made anew unless data would
 * go with it. A namespace that is going is waited for, and a volume whose claim is gone is free for the next one.
 * @throws DevregError of the API; the signal's reason
 */
export async function applyOne(api: KubeApi, object: KubeObject, signal: AbortSignal): Promise<void> {
  const key = keyOf(object);
  if (object.kind === 'Namespace' && isGoing(await api.get(key))) await awaitGone(api, key, signal);
  if (object.kind === 'PersistentVolume') await freeVolume(api, key);
  try {
    await api.apply(object);
  } catch (error) {
    if (!isFixed(error) || !mayReplace(object)) throw error;
    await api.remove(key);
    await awaitGone(api, key, signal);
    await api.apply(object);
  }
}

/** What names an object. */
export function keyOf({ apiVersion, kind, metadata }: KubeObject): ObjectKey {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

function isGoing(found: Found | undefined): boolean {
  return found?.metadata.deletionTimestamp !== undefined;
}

async function awaitGone(api: KubeApi, key: ObjectKey, signal: AbortSignal): Promise<void> {
  for await (const found of api.watch(key, signal)) if (found === undefined) return;
}

/** It remembers its claim by a number of which there will never be another. */
async function freeVolume(api: KubeApi, key: ObjectKey): Promise<void> {
  const volume: Found | undefined = await api.get(key);
  if (volume?.status?.phase !== 'Released') return;
  await api.patch(key, { spec: { claimRef: { uid: null, resourceVersion: null } } });
}
