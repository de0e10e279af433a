/** Puts what devreg needs into the user's kind configuration; everything of theirs stays. Pure. */
import type { KindConfig, KindNode } from '../../config/kind-config.ts';
import { DevregError } from '../../errors.ts';
import { checkContainerdPatches } from './containerd-patches.ts';
import { mergeMounts, mergePorts } from './merge-node.ts';

/** A configuration to go by, and what the user should know about it. */
export interface MergedConfig {
  readonly config: KindConfig;
  /** Sentences. */
  readonly notes: readonly string[];
}

/**
 * Merges two configurations.
 * @param own what devreg would use by itself: its name, its nodes, its patches
 * @param user the user's
 * @param workers as `--workers` gives them; undefined when it was not given
 * @throws DevregError KIND_CONFIG_CONFLICT, KIND_CONFIG_INVALID, or CONFIG_INVALID for `--workers`
 */
export function mergeKindConfig(own: KindConfig, user: KindConfig, workers: number | undefined): MergedConfig {
  checkContainerdPatches(user);
  return {
    config: {
      ...user,
      ...(own.name === undefined ? {} : { name: own.name }),
      ...(own.networking === undefined ? {} : { networking: { ...own.networking, ...user.networking } }),
      ...mergePatches(own, user),
      nodes: mergeNodes(own, user, workers),
      // Theirs first: what devreg sets must hold.
      containerdConfigPatches: [...(user.containerdConfigPatches ?? []), ...(own.containerdConfigPatches ?? [])],
    },
    notes: noteName(own.name, user.name),
  };
}

/** Of two lists that only kind reads, both; ours first, so that theirs holds. */
function mergePatches(own: KindConfig, user: KindConfig): Partial<KindConfig> {
  const [ours, theirs] = [own, user].map(({ kubeadmConfigPatches: patches }) =>
    Array.isArray(patches) ? patches : [],
  );
  return ours === undefined || ours.length === 0 ? {} : { kubeadmConfigPatches: [...ours, ...(theirs ?? [])] };
}

function mergeNodes(own: KindConfig, user: KindConfig, workers: number | undefined): readonly KindNode[] {
  const nodes = user.nodes ?? [];
  if (nodes.length === 0) {
    mergePorts([], [], user, own.nodes?.[0]?.extraPortMappings ?? []);
    return own.nodes ?? [];
  }
  if (workers !== undefined) {
    throw new DevregError(
      'usage',
      'CONFIG_INVALID',
      'The kind configuration lists its nodes, so --workers has no say.',
      {
        hint: 'Leave --workers out, or the nodes.',
      },
    );
  }
  const first = nodes.findIndex(({ role = 'control-plane' }) => role === 'control-plane');
  if (first === -1) {
    throw new DevregError(
      'usage',
      'KIND_CONFIG_INVALID',
      'None of the nodes of the kind configuration is a control-plane.',
    );
  }
  const added = own.nodes?.[0] ?? {};
  return nodes.map((node, index) => (index === first ? mergeNode(node, added, nodes, user) : node));
}

function mergeNode(node: KindNode, added: KindNode, nodes: readonly KindNode[], user: KindConfig): KindNode {
  const others = nodes.filter((other) => other !== node);
  return {
    ...node,
    labels: { ...node.labels, ...added.labels },
    extraMounts: mergeMounts(node.extraMounts ?? [], added.extraMounts ?? []),
    extraPortMappings: mergePorts(node.extraPortMappings ?? [], others, user, added.extraPortMappings ?? []),
  };
}

function noteName(name: string | undefined, theirs: string | undefined): readonly string[] {
  if (name === undefined || theirs === undefined || theirs === name) return [];
  return [`The kind configuration calls the cluster ${theirs}; it is made as ${name}.`];
}
