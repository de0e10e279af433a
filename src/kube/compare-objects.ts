/** What applying an object would change of it. */
import { isDeepStrictEqual } from 'node:util';
import { isDevregError } from '../errors.ts';
import { isFixed } from './api-errors.ts';
import { keyOf, mayReplace } from './apply-one.ts';
import type { KubeApi, KubeObject } from './kube-api.ts';

/** What would become of one object. `fixed`: the API refuses, and only a new cluster can have it. */
export interface ObjectChange {
  readonly state: 'same' | 'patch' | 'fixed';
  /** In words; empty when it stays the same. */
  readonly detail: string;
}

/** What the API writes by itself. */
const OWN: ReadonlySet<string> = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
]);

/** Changes that are told; there may be many. */
const TOLD = 4;
/** Characters of a value that is told. */
const LONGEST = 60;

/**
 * Asks the API, which changes nothing.
 * @throws DevregError of the API
 */
export async function compareObject(api: KubeApi, object: KubeObject): Promise<ObjectChange> {
  const found = await api.get(keyOf(object));
  if (found === undefined) return { state: 'patch', detail: 'is not there' };
  try {
    const changes = listChanges(object.kind, found, await api.apply(object, { dryRun: true }));
    return { state: changes.length === 0 ? 'same' : 'patch', detail: formatChanges(changes) };
  } catch (error) {
    if (!isFixed(error)) return refusedBySomethingElse(error);
    return mayReplace(object)
      ? { state: 'patch', detail: `is made anew: ${error.message}` }
      : { state: 'fixed', detail: error.message };
  }
}

/** A namespace that is going, for instance: what is applied then is another matter. */
function refusedBySomethingElse(error: unknown): ObjectChange {
  if (!isDevregError(error) || error.code !== 'CLUSTER_REFUSED') throw error;
  return { state: 'patch', detail: error.message };
}

function formatChanges(changes: readonly string[]): string {
  const more = changes.length - TOLD;
  return [...changes.slice(0, TOLD), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** Fields by their paths; of secrets no value is told. */
function listChanges(kind: string, before: unknown, after: unknown, path = ''): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [one, other] = [entriesOf(before), entriesOf(after)];
  if (one === undefined || other === undefined) return [`${path}${describe(kind, before, after)}`];
  const names = [...new Set([...one.keys(), ...other.keys()])].filter((name) => path !== 'metadata' || !OWN.has(name));
  return names
    .filter((name) => path !== '' || name !== 'status')
    .flatMap((name) => listChanges(kind, one.get(name), other.get(name), path === '' ? name : `${path}.${name}`));
}

/** Of a map or a list; what has a name is found by it, wherever it stands. */
function entriesOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  return new Map(value.map((item: unknown, index) => [nameOf(item) ?? `${index}`, item]));
}

function nameOf(item: unknown): string | undefined {
  return typeof item === 'object' && item !== null && 'name' in item ? String(item.name) : undefined;
}

function describe(kind: string, before: unknown, after: unknown): string {
  if (kind === 'Secret') return before === undefined ? ' (added)' : after === undefined ? ' (removed)' : '';
  const [one, other] = [before, after].map((value) => (value === undefined ? 'none' : JSON.stringify(value)));
  return (one ?? '').length + (other ?? '').length > LONGEST ? '' : ` ${one} → ${other}`;
}
