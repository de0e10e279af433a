/** What the declarations of commands have in common. */
import type { Command } from 'commander';
import type { Declarations } from '../../config/declaration.ts';

/** Adds examples below a command's help; each begins with the program's name, without a prompt, to be pasted. */
export function addExamples(command: Command, examples: readonly (readonly [line: string, meaning: string])[]): void {
  const lines = examples.map(([line, meaning]) => `  # ${meaning}\n  ${line}`);
  command.addHelpText('after', `\nExamples:\n${lines.join('\n\n')}`);
}

/** Declares every option of a table. */
export function declareAll(command: Command, table: Declarations): void {
  for (const { flags, description } of Object.values(table)) command.option(flags, description);
}

/** Collects the texts of an option that may be given more than once. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
