/** Answers a shell that asks what can come next. It is asked at every key, and never complains. */
import type { Command } from 'commander';
import { openState } from '../../workflows/open-state.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Known, findCandidates } from './candidates.ts';

/**
 * Answers: a word a line, with its meaning behind a tab; `:files` or `:dirs` where the shell knows paths better.
 * @param typed all words behind the program's name; the last one is being typed
 */
export async function answerShell(
  program: Command,
  typed: readonly string[],
  surroundings: Surroundings,
): Promise<string> {
  const { words, paths } = findCandidates(program, typed, await readKnown(surroundings));
  const lines = words.map(({ word, meaning }) => (meaning === '' ? word : `${word}\t${firstSentence(meaning)}`));
  return [...lines, ...(paths === undefined ? [] : [`:${paths}`])].map((line) => `${line}\n`).join('');
}

/** A record that cannot be read is for another command to complain about. */
async function readKnown({ env, machine }: Surroundings): Promise<Known> {
  try {
    const records = await openState({ ...machine, env }).records.list();
    return { names: records.map(({ name }) => name) };
  } catch {
    return { names: [] };
  }
}

function firstSentence(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 100);
}
