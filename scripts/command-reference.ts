/** Writes docs/reference/commands.md from the declarations of the commands; `npm run docs` runs it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Command, Option } from 'commander';
import type { Surroundings } from '../src/cli/surroundings.ts';
import { createProgram } from '../src/cli/program.ts';
import { openTerminal } from '../src/cli/terminal/open-terminal.ts';
import { formatTable } from './markdown-table.ts';

/** The page, from the root of the repository on. */
export const COMMAND_REFERENCE = 'docs/reference/commands.md';

const HEAD = `<!-- Written by npm run docs from the declarations in src/cli. Do not edit. -->

# Commands

Every option has a variable; a flag counts before its variable. Of options that may be repeated, the variable separates
several by commas. Switches understand \`1\`, \`true\`, \`yes\` and \`on\`, and their opposites.`;

/** Writes the page: the program's own options, then every command with options, variables and examples. */
export async function commandReference(): Promise<string> {
  const program = createProgram(await idleContext());
  const sections = commandsBelow(program).map(describeCommand);
  const options = ['## Options of every command', ...optionTable(program)];
  return `${[HEAD, ...options, ...sections.flat(), ...environment(program)].join('\n\n')}\n`;
}

/** Commands that do something themselves; a group is described by its members. */
function commandsBelow(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => (child.commands.length === 0 ? [child] : commandsBelow(child)));
}

function describeCommand(command: Command): readonly string[] {
  const aliases = command.aliases().map((alias) => `\`${pathOf(command, alias)}\``);
  const examples = examplesOf(command);
  return [
    `## ${pathOf(command)}`,
    `\`${pathOf(command)} ${command.usage()}\``,
    escape(command.description()),
    ...(aliases.length === 0 ? [] : [`Also ${aliases.join(', ')}.`]),
    ...optionTable(command),
    ...(examples === '' ? [] : [['```sh', examples, '```'].join('\n')]),
  ];
}

function pathOf(command: Command, name = command.name()): string {
  return command.parent === null ? name : `${pathOf(command.parent)} ${name}`;
}

/** A table for the options without a heading, and one below each heading. */
function optionTable(command: Command): readonly string[] {
  const groups = Map.groupBy(command.options, ({ helpGroupHeading = '' }) => helpGroupHeading);
  return [...groups].flatMap(([heading, options]) => {
    const rows = options.map((option) => [`\`${option.flags}\``, variableOf(option), escape(option.description)]);
    const table = formatTable(['option', 'variable', 'meaning'], rows);
    return heading === '' ? [table] : [heading, table];
  });
}

/** As `createOptionReader` names them; the version is asked for by flag alone. */
function variableOf({ long }: Option): string {
  if (long === undefined || long === null || long === '--version') return '';
  return `\`DEVREG_${long.slice(2).replaceAll('-', '_').toUpperCase()}\``;
}

const EXAMPLES = '\nExamples:\n';

function examplesOf(command: Command): string {
  const [, examples = ''] = helpOf(command).split(EXAMPLES);
  return examples.replaceAll(/^ {2}/gm, '').trim();
}

/** What stands below the examples of the program itself holds for all commands. */
function environment(program: Command): readonly string[] {
  const [, after = ''] = helpOf(program).split(EXAMPLES);
  const paragraphs = after.split('\n\n').filter((paragraph) => !paragraph.startsWith('  '));
  return ['## Environment and exit codes', ...paragraphs.map((paragraph) => escape(paragraph.trim()))];
}

/** The help as a terminal of 100 columns shows it. */
function helpOf(command: Command): string {
  let text = '';
  const writeOut = (piece: string) => {
    text += piece;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => 100 }).outputHelp();
  return text;
}

/** What Markdown would take for more than text. */
function escape(text: string): string {
  return text.replaceAll(/[*<[\]_|]/g, String.raw`\$&`);
}

/** Declaring commands runs none of them, so nothing here is ever used. */
async function idleContext(): Promise<Parameters<typeof createProgram>[0]> {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const surroundings: Surroundings = {
    ...streams,
    argv: [],
    env: {},
    signal: new AbortController().signal,
    parent: undefined,
    machine: { platform: 'linux', arch: '', nodeVersion: '', hostname: '', home: '/', user: '', folder: '/' },
    program: { execPath: '', script: '' },
    now: () => new Date(),
    resolvesHere: async () => false,
  };
  return { surroundings, terminal: (await openTerminal(surroundings)).terminal };
}

if (import.meta.main) await writeFile(join(import.meta.dirname, '..', COMMAND_REFERENCE), await commandReference());
