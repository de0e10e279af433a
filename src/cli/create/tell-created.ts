/** What is answered about a registry that is there now. */
import { isImplied } from '../../workflows/chosen-registry.ts';
import type { State } from '../../workflows/open-state.ts';
import type { TextFormat } from '../output/text-format.ts';
import type { Surroundings } from '../surroundings.ts';
import { type CreateFacts, answerOf, formatAnswer } from './answer.ts';
import { findClient } from './client.ts';
import { programName } from './program-name.ts';

/** What the answer depends on besides. */
type AnswerSurroundings = Pick<Surroundings, 'env' | 'program'> & {
  readonly machine: Pick<Surroundings['machine'], 'home'>;
};

/**
 * Writes the answer.
 * @returns all of it, with the end of its last line
 */
export async function tellCreated(
  { created, resolves }: Pick<CreateFacts, 'created' | 'resolves'>,
  output: TextFormat,
  { records }: Pick<State, 'records'>,
  { env, machine, program }: AnswerSurroundings,
): Promise<string> {
  const { record } = created;
  const client = await findClient(env, machine.home, record.provider === 'kind' ? record.engine : undefined);
  const words = await programName({ env, program });
  const isOnly = isImplied(record.name, await records.list());
  return formatAnswer(answerOf({ created, resolves, client, program: words, isImplied: isOnly }), output);
}
