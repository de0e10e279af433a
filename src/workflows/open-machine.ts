/** Opens what clusters need of this machine: its container engine, and the program that makes clusters. */
import { detectEngine } from '../engine/detect-engine.ts';
import type { ContainerEngine, EngineKind } from '../engine/engine.ts';
import { DevregError } from '../errors.ts';
import { createRunner } from '../process/execa-runner.ts';
import type { Runner } from '../process/runner.ts';

/** This machine, ready for clusters. */
export interface ClusterMachine {
  readonly engine: ContainerEngine;
  readonly runner: Runner;
}

/**
 * Finds the engine, and kind.
 * @param engineKind the only one that will do; undefined: the first that answers
 * @throws DevregError ENGINE_ABSENT, ENGINE_UNREACHABLE, CLUSTER_TOOL_ABSENT
 */
export async function openMachine(
  env: Readonly<Record<string, string | undefined>>,
  engineKind?: EngineKind,
): Promise<ClusterMachine> {
  const runner = createRunner(env);
  const [engine, kind] = await Promise.all([detectEngine(runner, engineKind), runner.find('kind')]);
  if (kind !== undefined) return { engine, runner };
  throw new DevregError('prerequisite', 'CLUSTER_TOOL_ABSENT', 'kind is not on the PATH.', {
    hint: 'Install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation.',
  });
}
