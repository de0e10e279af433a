/** Options from the command line, from `DEVREG_*` variables and from configuration files, each with where it came from. Pure. */
import { DevregError } from '../errors.ts';
import { parseSwitch } from './values.ts';

/** Options as the command line gives them, by name in camel case. */
export type Flags = Readonly<Record<string, unknown>>;

/** Variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What configuration files say about an option. */
export interface ConfiguredOption {
  /** As people would find it: `port (devreg.yaml, line 4)`. */
  readonly source: string;
  readonly texts: readonly string[];
  /** How far from the command line: 2 for the file of a project, 3 for that of the user. */
  readonly rank: number;
}

/** Options of configuration files by name, as one of the flags: whoever passes flags on passes these on. */
export const CONFIGURED = 'configured';

/** Makes sense of a text, or gives undefined when there is none in it. */
export type Parse<T> = (text: string) => T | undefined;

/** Reads options by name; the flag counts before its variable. What makes no sense is collected until `finish`. */
export interface OptionReader {
  /**
   * @param expected what the text must be, as it goes after "must be"
   * @returns undefined when it is not given, or makes no sense
   */
  read<T>(name: string, expected: string, parse: Parse<T>): T | undefined;
  /** Whether a switch is on; one that is not given is off. */
  readSwitch(name: string): boolean;
  /** Every text of an option that may be given more than once; a variable separates them by commas. */
  readAll<T>(name: string, expected: string, parse: Parse<T>): readonly T[] | undefined;
  /** Every text of an option that may be given more than once, or with several texts separated by commas. */
  readList<T>(name: string, expected: string, parse: Parse<T>): readonly T[] | undefined;
  /** Where an option was given, as people would find it: `--port`, `DEVREG_PORT`, a line of a file; undefined when it was not. */
  sourceOf(name: string): string | undefined;
  /** How far from the command line it was given: 0 as a flag, 1 as a variable, more in a file. */
  rankOf(name: string): number;
  /** @throws DevregError CONFIG_INVALID naming everything that made no sense */
  finish(): void;
}

interface Given {
  readonly source: string;
  /** Several only where the flag was given more than once. */
  readonly texts: readonly string[];
  readonly rank: number;
}

/** Makes a reader: a flag counts before its variable, and that before files. An empty variable counts as absent. */
export function createOptionReader(flags: Flags, environment: Environment): OptionReader {
  const problems: string[] = [];
  const parseWith = <T>(source: string, text: string, expected: string, parse: Parse<T>): T | undefined => {
    const value = parse(text);
    if (value === undefined) problems.push(`${source} must be ${expected}, not ${JSON.stringify(text)}`);
    return value;
  };
  const read = <T>(name: string, expected: string, parse: Parse<T>): T | undefined => {
    const given = find(name, flags, environment);
    return given && parseWith(given.source, given.texts.at(-1) ?? '', expected, parse);
  };
  return {
    read,
    readSwitch: (name) => read(name, 'yes or no', parseSwitch) ?? false,
    readAll(name, expected, parse) {
      const given = find(name, flags, environment);
      const texts = given?.rank === 1 ? given.texts.flatMap((text) => text.split(',')) : given?.texts;
      return texts
        ?.map((text) => parseWith(given?.source ?? '', text, expected, parse))
        .filter((value) => value !== undefined);
    },
    readList(name, expected, parse) {
      const given = find(name, flags, environment);
      return given?.texts
        .flatMap((text) => text.split(','))
        .map((text) => parseWith(given.source, text.trim(), expected, parse))
        .filter((value) => value !== undefined);
    },
    sourceOf: (name) => find(name, flags, environment)?.source,
    rankOf: (name) => find(name, flags, environment)?.rank ?? Number.POSITIVE_INFINITY,
    finish() {
      if (problems.length > 0) throw new DevregError('usage', 'CONFIG_INVALID', `${problems.join('; ')}.`);
    },
  };
}

/** The name of an option's variable. */
function variableOf(name: string): string {
  return `DEVREG_${toWords(name, '_').toUpperCase()}`;
}

function find(name: string, flags: Flags, environment: Environment): Given | undefined {
  const flag = flags[name];
  const option = `--${toWords(name, '-')}`;
  if (Array.isArray(flag)) return { source: option, texts: flag.map(String), rank: 0 };
  if (typeof flag === 'string' || flag === true) return { source: option, texts: [String(flag)], rank: 0 };
  const source = variableOf(name);
  const text = environment[source];
  if (text) return { source, texts: [text], rank: 1 };
  const configured = flags[CONFIGURED];
  return configured instanceof Map ? (configured as ReadonlyMap<string, ConfiguredOption>).get(name) : undefined;
}

function toWords(name: string, separator: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
}
