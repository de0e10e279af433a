/** What is answered about a registry that is there now. */
import { isImplied } from '../../workflows/chosen-registry.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { type CreateFacts, answerOf, formatAnswer } from './answer.ts';
import { findClient } from './client.ts';
import { programName } from './program-name.ts';

/**
 * Writes the answer.
 * @returns all of it, with the end of its last line
 */
export async function tellCreated(
  { created, resolves }: Pick<CreateFacts, 'created' | 'resolves'>,
  output: 'text' | 'json' | 'yaml',
  { records }: State,
  { surroundings }: Context,
): Promise<string> {
  const { env, machine } = surroundings;
  const client = await findClient(env, machine.home);
  const program = await programName(surroundings);
  const facts = { created, resolves, client, program, isImplied: isImplied(created.record.name, await records.list()) };
  return formatAnswer(answerOf(facts), output);
}
