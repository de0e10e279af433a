/** Applies objects in waves, so that nothing waits in the cluster for what comes after it. */
import { applyOne } from './apply-one.ts';
import type { KubeApi, KubeObject } from './kube-api.ts';

/** What others are in, or are bound to. */
const FIRST: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition', 'PersistentVolume']);
/** What makes pods. */
const LAST: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Pod']);

type Stored = KubeObject & {
  readonly spec?: { readonly claimRef?: { readonly namespace?: string; readonly name?: string } };
  readonly status?: { readonly phase?: string };
};

/**
 * Applies objects: what others need first, what makes pods last, those of a wave side by side. A claim that comes while
 * the cluster is still at work on its volume, or a pod that comes before its claim is bound, is looked at again only
 * after up to 15 seconds; so volumes that are kept for a claim, and these claims, are waited for.
 * @throws DevregError of the API; the signal's reason
 */
export async function applyAll(api: KubeApi, objects: readonly KubeObject[], signal: AbortSignal): Promise<void> {
  const applyThose = async (belongs: (object: KubeObject) => boolean) => {
    signal.throwIfAborted();
    await Promise.all(objects.filter(belongs).map((object) => applyOne(api, object, signal)));
  };
  const settle = (those: readonly KubeObject[]) =>
    Promise.all(those.map((object) => awaitSettled(api, object, signal)));
  const { volumes, claims } = findKept(objects);
  await applyThose(({ kind }) => FIRST.has(kind));
  await settle(volumes);
  await applyThose(({ kind }) => !FIRST.has(kind) && !LAST.has(kind));
  await settle(claims);
  await applyThose(({ kind }) => LAST.has(kind));
}

/** Volumes that are kept for claims, and the claims they are kept for. */
function findKept(objects: readonly Stored[]): Record<'volumes' | 'claims', readonly KubeObject[]> {
  const volumes = objects.filter(({ kind, spec }) => kind === 'PersistentVolume' && spec?.claimRef !== undefined);
  const isKeptFor = ({ namespace, name }: KubeObject['metadata']) =>
    volumes.some(({ spec }) => spec?.claimRef?.namespace === namespace && spec?.claimRef?.name === name);
  const claims = objects.filter(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && isKeptFor(metadata));
  return { volumes, claims };
}

/** A new claim is pending until it is bound, and a new volume until it is available. */
async function awaitSettled(api: KubeApi, { apiVersion, kind, metadata }: KubeObject, signal: AbortSignal) {
  for await (const object of api.watch({ ...metadata, apiVersion, kind }, signal)) if (isSettled(object)) return;
}

function isSettled(object: Stored | undefined): boolean {
  const phase = object?.status?.phase;
  return phase !== undefined && phase !== 'Pending';
}
