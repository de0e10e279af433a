/** Podman. */
import type { Runner } from '../process/runner.ts';
import { createCliEngine } from './cli-engine.ts';
import { PODMAN } from './engine-facts.ts';
import type { ContainerEngine } from './engine.ts';

/** Podman by its program, on this machine or in the virtual one it keeps. */
export function createPodmanEngine(runner: Runner): ContainerEngine {
  return createCliEngine(runner, PODMAN);
}
