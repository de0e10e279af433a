/** Follows what kind says while it makes a cluster. */

/** kind's own steps (kind, pkg/cluster/internal/create/actions), in plain words. */
const PHASES: readonly (readonly [RegExp, string])[] = [
  [/^Ensuring node image \((.+?)\)/, 'Looking for the node image $1'],
  [/^Preparing nodes/, 'Starting the nodes'],
  [/^Configuring the external load balancer/, 'Setting up the load balancer of the API'],
  [/^Writing configuration/, 'Configuring the nodes'],
  [/^Starting control-plane/, 'Starting the control plane'],
  [/^Installing CNI/, "Setting up the pods' network"],
  [/^Installing StorageClass/, 'Setting up storage'],
  [/^Joining more control-plane nodes/, 'Joining more control-plane nodes'],
  [/^Joining worker nodes/, 'Joining the workers'],
];

/** A step that begins, or one that has ended well. */
export interface KindStep {
  readonly kind: 'begun' | 'done';
  /** As kind calls it. */
  readonly name: string;
}

/** @returns undefined for a line that tells of no step */
export function readStep(line: string): KindStep | undefined {
  const [, sign, name = ''] = /^\s*([•✓])\s+(.*?)\s*(?:\.\.\.)?\s*$/u.exec(line) ?? [];
  if (sign === undefined) return undefined;
  return { kind: sign === '✓' ? 'done' : 'begun', name };
}

/** A step for people; one that is not known is told as kind does, without its pictures. */
export function describeStep({ name }: KindStep): string {
  const [pattern, words] = PHASES.find(([known]) => known.test(name)) ?? [];
  const plain = name.replaceAll(/[^\p{L}\p{N}\p{P}\s]/gu, '').trim();
  if (pattern === undefined || words === undefined) return plain;
  return (pattern.exec(name)?.[0] ?? '').replace(pattern, words);
}

/** How many containers a step starts: kind shows a box for each. */
export function countNodes({ name }: KindStep): number {
  return name.match(/📦/gu)?.length ?? 0;
}

/**
 * Whether the nodes' container runtimes will not be restarted any more: kind does that once, when it has written their
 * configuration, which is the step before the control plane is started.
 */
export function isConfigured({ kind, name }: KindStep): boolean {
  return kind === 'done' ? name.startsWith('Writing configuration') : name.startsWith('Starting control-plane');
}
