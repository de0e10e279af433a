/** Finds out which container engine there is. */
import { DevregError } from '../errors.ts';
import { CommandFailedError } from '../process/command-failed-error.ts';
import type { Runner } from '../process/runner.ts';
import { createDockerEngine } from './docker-engine.ts';
import { engineAbsent, engineEmulated, engineUnreachable, notTheProgram, PROBE_MS } from './engine-failure.ts';
import { DOCKER, type EngineFacts, PODMAN } from './engine-facts.ts';
import type { ContainerEngine, EngineKind } from './engine.ts';
import { createPodmanEngine } from './podman-engine.ts';

interface Candidate {
  readonly facts: EngineFacts;
  readonly create: (runner: Runner) => ContainerEngine;
}

/** The first that answers is taken. */
const CANDIDATES: readonly Candidate[] = [
  { facts: DOCKER, create: createDockerEngine },
  { facts: PODMAN, create: createPodmanEngine },
];

/**
 * Finds an engine that answers.
 * @param preference the only one that is asked
 * @throws DevregError ENGINE_ABSENT, ENGINE_UNREACHABLE (kind `prerequisite`), with the reason of each
 */
export async function detectEngine(runner: Runner, preference?: EngineKind): Promise<ContainerEngine> {
  const reasons: DevregError[] = [];
  for (const { facts, create } of CANDIDATES) {
    if (preference !== undefined && preference !== facts.kind) continue;
    const reason = await probe(runner, facts);
    if (reason === undefined) return create(runner);
    reasons.push(reason);
  }
  throw join(reasons);
}

/** @returns why this engine cannot be used, or undefined when it can */
async function probe(runner: Runner, facts: EngineFacts): Promise<DevregError | undefined> {
  const { program, introduction, impostor } = facts;
  if ((await runner.find(program)) === undefined) return engineAbsent(facts);
  try {
    const asked = { program, timeout: PROBE_MS };
    const { stdout } = await runner.run({ ...asked, args: ['--version'] });
    if (!stdout.startsWith(introduction)) return notTheProgram(facts, stdout.trim());
    const answer = (await runner.run({ ...asked, args: facts.probe })).stdout;
    return impostor?.answer.test(answer) === true ? engineEmulated(facts, impostor) : undefined;
  } catch (error) {
    if (error instanceof CommandFailedError) return engineUnreachable(facts, error);
    throw error;
  }
}

/** One that is there but will not do is more to the point than one that is not there. */
function join(reasons: readonly DevregError[]): DevregError {
  const [only] = reasons;
  if (only !== undefined && reasons.length === 1) return only;
  const silent = reasons.filter(({ code }) => code !== 'ENGINE_ABSENT');
  const [first] = silent;
  if (first === undefined) {
    const message = 'There is no container engine: neither docker nor podman is on the PATH.';
    const hint = 'Install Docker or Podman, or choose `--provider process` to run the registry without a cluster.';
    return new DevregError('prerequisite', 'ENGINE_ABSENT', message, { hint, cause: new AggregateError(reasons) });
  }
  return new DevregError('prerequisite', first.code, reasons.map(({ message }) => message).join(' '), {
    hint: silent.map(({ hint }) => hint).join(' '),
    cause: new AggregateError(reasons),
  });
}
