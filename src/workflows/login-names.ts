/** The names under which clients of this machine log in to a registry. Pure. */
import type { AnyRecord } from '../state/record.ts';
import { hostNames } from './cluster/registry-names.ts';

/** @returns each `host:port`, as images are named; the registry's own host first, `localhost` last */
export function loginNames(record: AnyRecord): string[] {
  const more = record.provider === 'kind' ? record.settings : { ...record.settings, aliases: [], pathRouting: false };
  return hostNames(more);
}

/** A registry as people and clients write it, without protocol and path: `https://LOCALHOST:5001/v2/` is `localhost:5001`. */
export function plainRegistry(text: string): string {
  return (
    text
      .trim()
      .replace(/^https?:\/\//i, '')
      .split('/', 1)[0] ?? ''
  ).toLowerCase();
}
