/** A cluster's API in memory: objects, who set which of their fields, and watches; no controller does anything. */
import { EventEmitter, on } from 'node:events';
import { DevregError } from '../../../src/errors.ts';
import type { KubeApi, KubeObject, ObjectKey, ObjectSelection } from '../../../src/kube/kube-api.ts';
import { mergePatched, type Tree, withoutFieldsOf } from './json-merge.ts';

/** The API, with hands for what controllers and other people would do. */
export interface MemoryKubeApi extends KubeApi {
  /** Puts an object as a whole, as a controller would. @returns it with a uid and times */
  put(object: KubeObject): KubeObject;
  /** The log of a pod, `NAMESPACE/NAME`. */
  readonly podLogs: Map<string, readonly string[]>;
  /** What was asked that changes something, in order: `apply ConfigMap default/a`. */
  readonly changes: string[];
  /** Why an object may not be applied over the one that is there; undefined: it may. */
  refusal: (object: KubeObject, found: KubeObject | undefined) => string | undefined;
  /** Called before each patch, for changes that come in between. */
  beforePatch: () => void;
}

interface Entry {
  readonly object: KubeObject;
  /** What devreg applied last. */
  readonly applied: Tree;
}

/** @returns an API without objects */
export function openMemoryKubeApi(): MemoryKubeApi {
  const entries = new Map<string, Entry>();
  const changed = new EventEmitter().setMaxListeners(0);
  const podLogs = new Map<string, readonly string[]>();
  const changes: string[] = [];
  let version = 0;

  const store = (object: KubeObject, applied: Tree, managed: boolean): KubeObject => {
    version += 1;
    const before = entries.get(idOf(keyOf(object)))?.object;
    const now = `${new Date().toISOString().slice(0, 19)}Z`;
    const stored = {
      ...object,
      metadata: {
        uid: `uid-${version}`,
        creationTimestamp: now,
        ...before?.metadata,
        ...object.metadata,
        resourceVersion: `${version}`,
        ...(managed && { managedFields: [{ manager: 'devreg', time: now }] }),
      },
    };
    entries.set(idOf(keyOf(object)), { object: stored, applied });
    changed.emit('change');
    return stored;
  };
  const choose = (selection: ObjectSelection): KubeObject[] =>
    [...entries.values()].map(({ object }) => object).filter((object) => isChosen(object, selection));

  async function* watchList(selection: ObjectSelection, signal: AbortSignal) {
    signal.throwIfAborted();
    const events = on(changed, 'change', { signal });
    let seen = choose(selection);
    yield seen;
    try {
      for await (const _ of events) {
        const current = choose(selection);
        if (current.length === seen.length && current.every((object, index) => object === seen[index])) continue;
        seen = current;
        yield seen;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  const api: MemoryKubeApi = {
    podLogs,
    changes,
    refusal: () => undefined,
    beforePatch: () => undefined,
    put: (object) => store(object, entries.get(idOf(keyOf(object)))?.applied ?? {}, false),
    async ready(signal) {
      signal.throwIfAborted();
    },
    async apply(object, how) {
      const isDry = how?.dryRun === true;
      if (!isDry) changes.push(`apply ${describe(keyOf(object))}`);
      if (!/^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/.test(object.metadata.name)) {
        throw new DevregError('failure', 'CLUSTER_REFUSED', `The name ${object.metadata.name} is invalid.`);
      }
      const entry = entries.get(idOf(keyOf(object)));
      const wanted = structuredClone(object) as Tree;
      const refusal = api.refusal(object, entry?.object);
      if (refusal !== undefined) throw new DevregError('failure', 'CLUSTER_REFUSED', refusal);
      if (entry === undefined) return isDry ? object : store(object, wanted, true);
      const rest = withoutFieldsOf(entry.object, entry.applied, wanted);
      const merged = mergePatched(rest, wanted);
      return isDry ? (merged as unknown as KubeObject) : store(merged as unknown as KubeObject, wanted, true);
    },
    async get(key) {
      return entries.get(idOf(key))?.object;
    },
    async list(kind, labelSelector) {
      return choose({ ...kind, ...(labelSelector !== undefined && { labelSelector }) });
    },
    async patch(key, patch) {
      api.beforePatch();
      changes.push(`patch ${describe(key)}`);
      const entry = entries.get(idOf(key));
      if (entry === undefined) throw new DevregError('failure', 'CLUSTER_REFUSED', `${describe(key)} is absent.`);
      const tree = structuredClone(patch) as Tree;
      const expected = (tree['metadata'] as Tree | undefined)?.['resourceVersion'];
      const { resourceVersion } = entry.object.metadata as { resourceVersion?: string };
      if (expected !== undefined && expected !== resourceVersion) {
        throw new DevregError('conflict', 'CLUSTER_CONFLICT', `${describe(key)} has changed.`);
      }
      return store(mergePatched(entry.object, tree) as unknown as KubeObject, entry.applied, true);
    },
    async remove(key) {
      changes.push(`remove ${describe(key)}`);
      const was = entries.delete(idOf(key));
      changed.emit('change');
      return was;
    },
    async *watch({ name, ...kind }, signal) {
      for await (const [object] of watchList({ ...kind, fieldSelector: `metadata.name=${name}` }, signal)) yield object;
    },
    watchList,
    async *logs({ namespace, name }, { tail }) {
      const lines = podLogs.get(`${namespace}/${name}`);
      if (lines === undefined) throw new DevregError('failure', 'CLUSTER_REFUSED', `There is no log of ${name}.`);
      yield* tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail));
    },
  };
  return api;
}

function keyOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectKey {
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

function idOf({ apiVersion, kind, namespace, name }: ObjectKey): string {
  return [apiVersion, kind, namespace ?? '', name].join('|');
}

function describe({ kind, namespace, name }: ObjectKey): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** Labels by equality, and the one field every kind can be selected by. */
function isChosen({ apiVersion, kind, metadata }: KubeObject, selection: ObjectSelection): boolean {
  const { namespace, labelSelector, fieldSelector } = selection;
  const pairs = (labelSelector ?? '').split(',').filter((pair) => pair !== '');
  return (
    apiVersion === selection.apiVersion &&
    kind === selection.kind &&
    (namespace === undefined || metadata.namespace === namespace) &&
    (fieldSelector === undefined || fieldSelector === `metadata.name=${metadata.name}`) &&
    pairs.every((pair) => {
      const [name = '', value] = pair.split('=');
      return metadata.labels?.[name] === value;
    })
  );
}
