/** Typing at a terminal, as programs want it that ask for something. */
import type { ClusterUser } from '../support/cluster-user.ts';
import type { ProgramOptions } from '../support/program.ts';

/** A line of shell that runs another one at a terminal of its own. */
function atTerminal(line: string): string {
  return `cat > typed.sh <<'END_OF_BLOCK'\n${line}\nEND_OF_BLOCK\nscript -qec "bash -e typed.sh" /dev/null`;
}

/** A question of a prompt, and the answer. */
interface Answered {
  readonly question: string;
  readonly answer: string;
}

/** Reads a block of prompts. @param password what stands for answers that the page does not show */
export function readPrompt(block: string, password: string): Answered[] {
  return block.split('\n').map((line) => {
    const end = line.lastIndexOf(':') + 1;
    return { question: line.slice(0, end), answer: line.slice(end).trim() || password };
  });
}

/** Types a line and answers what it asks. @returns all that it said @throws ProgramFailed unless it ends with 0 */
export async function typeAnswers(
  user: ClusterUser,
  line: string,
  answered: readonly Answered[],
  options: ProgramOptions = {},
): Promise<string> {
  const input = answered.map(({ answer }) => `${answer}\n`).join('');
  return (await user.sh(atTerminal(line), { ...options, input })).output;
}
