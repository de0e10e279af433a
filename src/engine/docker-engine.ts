/** Docker. */
import type { Runner } from '../process/runner.ts';
import { createCliEngine } from './cli-engine.ts';
import { DOCKER } from './engine-facts.ts';
import type { ContainerEngine } from './engine.ts';

/** Docker by its program: the context, DOCKER_HOST and other machines are as the user has them. */
export function createDockerEngine(runner: Runner): ContainerEngine {
  return createCliEngine(runner, DOCKER);
}
