/** Says in devreg's words why a container engine did not do what it was asked. */
import { DevregError } from '../errors.ts';
import { CommandFailedError } from '../process/command-failed-error.ts';
import { tellFailure } from '../process/tell-failure.ts';
import type { EngineFacts } from './engine-facts.ts';

/** How long an engine may take to answer that it is there. */
export const PROBE_MS = 10_000;

/**
 * Translates a failure of an engine's program.
 * @param task what was tried, as it goes after "cannot": `load an image`
 * @returns DevregError ENGINE_ABSENT, ENGINE_UNREACHABLE or ENGINE_FAILED; any other error as it is
 */
export function translateEngineFailure(facts: EngineFacts, task: string, error: unknown): unknown {
  if (!(error instanceof CommandFailedError)) return error;
  if (error.failure.kind === 'absent') return engineAbsent(facts, error);
  if (isUnreachable(facts, error)) return engineUnreachable(facts, error);
  const message = `${facts.title} cannot ${task}: ${tellFailure(error)}`;
  return new DevregError('failure', 'ENGINE_FAILED', message, { cause: error });
}

/** The program is not there. */
export function engineAbsent({ title, program }: EngineFacts, cause?: unknown): DevregError {
  return new DevregError(
    'prerequisite',
    'ENGINE_ABSENT',
    `${title} is not installed: there is no ${program} on the PATH.`,
    {
      hint: `Install ${title}, or choose \`--provider process\` to run the registry without a cluster.`,
      cause,
    },
  );
}

/** What has the program's name is another program. @param said when it was asked for its version */
export function notTheProgram({ title, program }: EngineFacts, said: string): DevregError {
  const message = `${title} is not installed: the ${program} on the PATH is another program, which says ${JSON.stringify(said)}.`;
  const hint = /^podman /i.test(said)
    ? 'It is Podman under another name: choose it with --engine podman, or let devreg choose with --engine auto.'
    : `Install ${title}.`;
  return new DevregError('prerequisite', 'ENGINE_ABSENT', message, { hint });
}

/** The program is there, and another engine answers it. */
export function engineEmulated(
  { title, program }: EngineFacts,
  impostor: { readonly title: string; readonly remedy: string },
): DevregError {
  const message = `${title} is not what answers the program ${program}: ${impostor.title} does, in its place.`;
  return new DevregError('prerequisite', 'ENGINE_EMULATED', message, { hint: impostor.remedy });
}

/** The program is there, and nobody answers it. */
export function engineUnreachable({ title, remedies }: EngineFacts, error: CommandFailedError): DevregError {
  const [, hint = ''] = remedies.find(([said]) => said.test(error.stderr)) ?? [];
  const message = `${title} does not answer: ${tellFailure(error)}`;
  return new DevregError('prerequisite', 'ENGINE_UNREACHABLE', message, { hint, cause: error });
}

/** Whether a command failed because nobody answered. */
export function isUnreachable({ unreachable }: EngineFacts, { failure, stderr }: CommandFailedError): boolean {
  return failure.kind === 'timeout' || unreachable.test(stderr);
}
