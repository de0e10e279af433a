/** Opens what clusters need of this machine: its container engine, and the program that makes clusters. */
import { detectEngine } from '../engine/detect-engine.ts';
import type { ContainerEngine, EngineKind } from '../engine/engine.ts';
import { DevregError } from '../errors.ts';
import { createRunner } from '../process/execa-runner.ts';
import type { Runner } from '../process/runner.ts';
import type { EngineElsewhere } from '../state/record.ts';

/** This machine, ready for clusters. */
export interface ClusterMachine {
  readonly engine: ContainerEngine;
  readonly runner: Runner;
}

/**
 * Finds the engine, and kind.
 * @param engineKind the only one that will do; undefined: the first that answers
 * @param at where the cluster in question is, whatever engine this user would have otherwise
 * @throws DevregError ENGINE_ABSENT, ENGINE_UNREACHABLE, CLUSTER_TOOL_ABSENT
 */
export async function openMachine(
  env: Readonly<Record<string, string | undefined>>,
  engineKind?: EngineKind,
  at?: EngineElsewhere,
): Promise<ClusterMachine> {
  const runner = createRunner(at === undefined ? env : { ...env, ...pointTo(at) });
  const [engine, kind] = await Promise.all([detectEngine(runner, engineKind), runner.find('kind')]);
  if (kind !== undefined) return { engine, runner };
  throw new DevregError('prerequisite', 'CLUSTER_TOOL_ABSENT', 'kind is not on the PATH.', {
    hint: 'Install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation.',
  });
}

/** How Docker's client is told of an engine, and what would have it go elsewhere taken away. */
export function pointTo({ endpoint, context }: EngineElsewhere): Readonly<Record<string, string | undefined>> {
  if (context !== undefined) return { DOCKER_CONTEXT: context, DOCKER_HOST: undefined };
  return { DOCKER_HOST: endpoint, DOCKER_CONTEXT: undefined };
}
