/** What can come next on a command line, from the declarations of the commands. Pure. */
import type { Command, Option } from 'commander';
import { CONFIG_OPTIONS } from '../../config/config-options.ts';

/** A word that can come next. */
interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

/** What can come next: words, or paths that the shell knows better. */
export interface Candidates {
  readonly words: readonly Candidate[];
  readonly paths: 'files' | 'dirs' | undefined;
}

/** What changes from day to day. */
export interface Known {
  /** The names of registries. */
  readonly names: readonly string[];
}

const NONE: Candidates = { words: [], paths: undefined };

/**
 * Finds what can come next.
 * @param typed all words behind the program's name; the last one is being typed, and may be empty
 */
export function findCandidates(program: Command, typed: readonly string[], known: Known): Candidates {
  const words = joinAssignments(typed);
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const place = walk(program, before);
  if (place.open !== undefined) return startingWith(valuesOf(place.open, known), current);
  const [, long = '', value] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  if (value !== undefined) return assign(place.command, { long, value, isSplit: typed.at(-1) !== current }, known);
  if (current.startsWith('-'))
    return startingWith({ words: optionsOf(place.command, before), paths: undefined }, current);
  return startingWith(argumentsOf(place.command, place.count), current);
}

/** Bash takes `--a=b` for three words. */
function joinAssignments(words: readonly string[]): string[] {
  return words.reduce<string[]>((joined, word, index) => {
    const isTail = word === '=' || words[index - 1] === '=';
    const isOfOption = joined.at(-1)?.startsWith('--') === true;
    return isTail && isOfOption ? [...joined.slice(0, -1), `${joined.at(-1)}${word}`] : [...joined, word];
  }, []);
}

interface Place {
  readonly command: Command;
  /** The option whose value is being typed. */
  readonly open: Option | undefined;
  /** How many arguments the command has by now. */
  readonly count: number;
}

function walk(program: Command, words: readonly string[]): Place {
  let [command, count]: [Command, number] = [program, 0];
  let open: Option | undefined;
  for (const word of words) {
    if (open !== undefined) {
      open = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const option = findOption(command, word);
      open = option?.required === true ? option : undefined;
      continue;
    }
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (next === undefined) count += 1;
    else [command, count] = [next, 0];
  }
  return { command, open, count };
}

function findOption(command: Command, word: string): Option | undefined {
  const found = command.options.find(({ long, short }) => long === word || short === word);
  return found ?? (command.parent === null ? undefined : findOption(command.parent, word));
}

function valuesOf(option: Option, { names }: Known): Candidates {
  const name = option.attributeName();
  if (name === 'name') return { words: names.map((word) => ({ word, meaning: 'registry' })), paths: undefined };
  const [, placeholder = ''] = /[<[]([\w-]+)/.exec(option.flags) ?? [];
  if (/^(folder|dir)/.test(placeholder)) return { words: [], paths: 'dirs' };
  if (/^(files?|source|archive|path)$/.test(placeholder)) return { words: [], paths: 'files' };
  return { words: choicesOf(option).map((word) => ({ word, meaning: '' })), paths: undefined };
}

/** Declared ones, else those that a description begins with: `text, json or yaml`. */
function choicesOf(option: Option): readonly string[] {
  const { schema } = CONFIG_OPTIONS[option.attributeName()] ?? {};
  if (schema?.type === 'string' && schema.enum !== undefined && option.required) return schema.enum;
  if (option.argChoices !== undefined) return option.argChoices;
  const [, list = ''] = /^(?:[^:(]*: )?((?:[\w-]+=?…?,? )*or [\w-]+=?)/.exec(option.description) ?? [];
  return list
    .split(/,? or |, /)
    .filter((word) => /^[\w-]+=?…?$/.test(word))
    .map((word) => word.replace('…', ''));
}

function assign(
  command: Command,
  { long, value, isSplit }: { readonly long: string; readonly value: string; readonly isSplit: boolean },
  known: Known,
): Candidates {
  const option = findOption(command, long);
  if (option === undefined) return NONE;
  const { words, paths } = startingWith(valuesOf(option, known), value);
  return { paths, words: words.map(({ word, meaning }) => ({ word: isSplit ? word : `${long}=${word}`, meaning })) };
}

function optionsOf(command: Command, before: readonly string[]): Candidate[] {
  const own = command.options.filter(({ hidden, long }) => !hidden && long !== undefined && long !== null);
  const candidates = own
    .filter(({ long, variadic }) => variadic || !before.includes(long ?? ''))
    .map(({ long, description }) => ({ word: long ?? '', meaning: description }));
  const more = command.parent === null ? [] : optionsOf(command.parent, before);
  const all = [...candidates, ...more, { word: '--help', meaning: 'show help' }];
  return all.filter(({ word }, index) => all.findIndex((other) => other.word === word) === index);
}

function argumentsOf(command: Command, count: number): Candidates {
  const commands = command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help' || command.parent === null)
    .map((one) => ({ word: one.name(), meaning: one.summary() }));
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[count] ?? (last?.variadic === true ? last : undefined);
  const choices = (argument?.argChoices ?? []).map((word) => ({ word, meaning: '' }));
  const paths = argument !== undefined && /file|path|folder/.test(argument.name()) ? 'files' : undefined;
  return { words: count === 0 ? [...commands, ...choices] : choices, paths };
}

function startingWith({ words, paths }: Candidates, beginning: string): Candidates {
  return { words: words.filter(({ word }) => word.startsWith(beginning)), paths };
}
