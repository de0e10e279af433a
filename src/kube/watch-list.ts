/** Follows objects through the API: a list, then every change, whatever happens to the connection. */
import { setTimeout as delay } from 'node:timers/promises';
import { DevregError, isDevregError } from '../errors.ts';
import type { ApiClient } from './api-client.ts';
import { messageOf } from './api-errors.ts';
import type { KubeObject, ObjectSelection } from './kube-api.ts';
import { readLines } from './lines.ts';
import type { ResourcePaths } from './resource-paths.ts';

/** Seconds after which the API ends a watch; it goes on from where it was. */
const WATCH_SECONDS = 60;
/** Milliseconds after which a watch that the API did not end is taken for dead. */
const DEAD_MS = (WATCH_SECONDS + 15) * 1_000;
const PAUSE_MS = 200;

/** What is known at one moment. */
interface Followed {
  readonly objects: Map<string, KubeObject>;
  /** Where to go on from. */
  version: string;
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject & { readonly metadata: { readonly resourceVersion?: string }; readonly code?: number };
}

/**
 * All objects of a selection now, and after every change of one. A connection that ends or breaks is made anew, and a
 * watch whose past the API has forgotten begins with a new list.
 * @throws the signal's reason, and what the API refuses for good
 */
export async function* watchList(
  client: ApiClient,
  paths: ResourcePaths,
  selection: ObjectSelection,
  signal: AbortSignal,
): AsyncGenerator<readonly KubeObject[], never, undefined> {
  for (;;) {
    const followed = await untilReachable(() => list(client, paths, selection, signal), signal);
    yield [...followed.objects.values()];
    yield* followChanges(client, paths, selection, followed, signal);
  }
}

/** One list of objects, as they are now. */
export async function list(
  client: ApiClient,
  paths: ResourcePaths,
  selection: ObjectSelection,
  signal?: AbortSignal,
): Promise<Followed> {
  const { apiVersion, kind } = selection;
  const body = await client.must(`list ${kind}`, {
    method: 'GET',
    path: `${await paths.ofKind(selection)}?${queryOf(selection)}`,
    ...(signal && { signal }),
  });
  const { items, metadata } = body as { items: readonly KubeObject[]; metadata: { resourceVersion: string } };
  // Within a list, objects are without what the list has in common.
  const objects = items.map((item) => ({ ...item, apiVersion, kind }));
  return { objects: new Map(objects.map((object) => [idOf(object), object])), version: metadata.resourceVersion };
}

/** Ends when the past is forgotten or the API cannot be reached. */
async function* followChanges(
  client: ApiClient,
  paths: ResourcePaths,
  selection: ObjectSelection,
  followed: Followed,
  signal: AbortSignal,
): AsyncGenerator<readonly KubeObject[], void, undefined> {
  const path = await paths.ofKind(selection);
  for (;;) {
    const query = queryOf(selection, {
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: `${WATCH_SECONDS}`,
      resourceVersion: followed.version,
    });
    try {
      for await (const event of readEvents(client, `${path}?${query}`, selection.kind, signal)) {
        if (event.type === 'ERROR') {
          if (event.object.code === 410) return;
          throw new DevregError('failure', 'CLUSTER_REFUSED', sentenceOf(event, selection.kind));
        }
        if (takeIn(followed, event)) yield [...followed.objects.values()];
      }
    } catch (error) {
      signal.throwIfAborted();
      if (isRefusal(error)) throw error;
      await delay(PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
      return;
    }
  }
}

async function* readEvents(
  client: ApiClient,
  path: string,
  kind: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  const alive = AbortSignal.any([signal, AbortSignal.timeout(DEAD_MS)]);
  const body = await client.stream(`watch ${kind}`, { method: 'GET', path, signal: alive });
  for await (const line of readLines(body)) yield JSON.parse(line) as WatchEvent;
}

/** @returns whether objects changed */
function takeIn(followed: Followed, { type, object }: WatchEvent): boolean {
  followed.version = object.metadata.resourceVersion ?? followed.version;
  if (type === 'BOOKMARK') return false;
  if (type === 'DELETED') followed.objects.delete(idOf(object));
  else followed.objects.set(idOf(object), object);
  return true;
}

async function untilReachable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!isDevregError(error) || isRefusal(error)) throw error;
      await delay(PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function isRefusal(error: unknown): boolean {
  return isDevregError(error) && error.code === 'CLUSTER_REFUSED';
}

function sentenceOf({ object }: WatchEvent, kind: string): string {
  return `The cluster refused to watch ${kind}: ${messageOf(object) ?? 'no reason given'}.`;
}

function idOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function queryOf({ labelSelector, fieldSelector }: ObjectSelection, more: Record<string, string> = {}): string {
  return new URLSearchParams({
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
    ...more,
  }).toString();
}
