/** What configuration files say to a command, and where. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative } from 'node:path';
import type { Command } from 'commander';
import { CONFIG_OPTIONS } from '../config/config-options.ts';
import { type ConfigPlace, findProjectFile, userFile } from '../config/find-config.ts';
import { refuseOutward } from '../config/outward.ts';
import { CONFIGURED, type ConfiguredOption, type Flags, createOptionReader } from '../config/option-reader.ts';
import { resolvePath } from '../config/user-path.ts';
import { parseText } from '../config/values.ts';
import { DevregError, systemCodeOf, translateReadErrors } from '../errors.ts';
import { isPresent } from '../optional-files.ts';
import type { Context } from './context.ts';

/** A file, and how far from the command line it counts. */
interface ConfigFile {
  readonly file: string;
  readonly rank: number;
  /** Whether nobody named it. */
  readonly isFound: boolean;
}

/** As ranks of options: flags and variables come before. */
const [PROJECT, USER] = [2, 3];

/** Commands that are about what shall be have all options of a file; the others only which registry is meant. */
const WHOLE = new Set(['create', 'config view', 'config render kind']);

/**
 * Gives a command what configuration files say, as one more flag that the reader of options knows.
 * @throws DevregError CONFIG_FILE_MISSING, CONFIG_FILE_INVALID, CONFIG_FILE_FOREIGN, CONFIG_FILE_OUTWARD
 */
export async function configure(command: Command, { surroundings, terminal }: Context): Promise<void> {
  const isWhole = WHOLE.has(pathOf(command));
  const isNamed = command.options.some(({ long }) => long === '--name') && command.parent?.name() !== 'registry';
  if (!isWhole && !isNamed) return;
  const { machine, env } = surroundings;
  const options = await readConfiguration({ ...machine, env }, command.optsWithGlobals());
  const meant = isWhole ? options : new Map([...options].filter(([name]) => name === 'name'));
  // Whoever comes to a repository of others should know what its file does.
  if (pathOf(command) === 'create' && options.size > 0)
    terminal.note(`Asked for in configuration files: ${[...options.values()].map(({ source }) => source).join(', ')}.`);
  command.setOptionValue(CONFIGURED, meant);
}

/** The files that count, the one that counts first at the beginning. */
export async function findConfiguration(place: ConfigPlace, flags: Flags): Promise<readonly ConfigFile[]> {
  const chosen = createOptionReader(flags, place.env).read('config', 'a file', parseText);
  const project = chosen === undefined ? await findProjectFile(place) : resolvePath(chosen, place);
  const user = userFile(place);
  return [
    ...(project === undefined ? [] : [{ file: project, rank: PROJECT, isFound: chosen === undefined }]),
    ...((await isPresent(user)) ? [{ file: user, rank: USER, isFound: false }] : []),
  ];
}

async function readConfiguration(place: ConfigPlace, flags: Flags): Promise<ReadonlyMap<string, ConfiguredOption>> {
  const files = await findConfiguration(place, flags);
  const options = new Map<string, ConfiguredOption>();
  for (const { file, rank, isFound } of files.toReversed()) {
    const given = await readOptions(file, rank, place);
    if (isFound) await refuseOutward(given, file);
    for (const [name, option] of given) options.set(name, option);
  }
  return options;
}

async function readOptions(file: string, rank: number, place: ConfigPlace): Promise<[string, ConfiguredOption][]> {
  const { parseConfigFile } = await import('../config/config-file.ts');
  const shown = showPath(file, place.folder);
  return parseConfigFile(await readText(file), shown).map(({ name, texts, line }) => {
    const toPath = (text: string) => fromFile(text, file, place.home);
    const source = `${name} (${shown}, line ${line})`;
    return [name, { source, rank, texts: CONFIG_OPTIONS[name]?.isPath === true ? texts.map(toPath) : texts }];
  });
}

async function readText(file: string): Promise<string> {
  return translateReadErrors(file, async () => {
    try {
      // A pipe would be waited for without end.
      if (!(await stat(file)).isFile()) throw notAFile(file);
      return await readFile(file, 'utf8');
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      throw new DevregError('not-found', 'CONFIG_FILE_MISSING', `There is no configuration file ${file}.`, {
        hint: 'Give another with --config, or leave it out.',
      });
    }
  });
}

function notAFile(file: string): DevregError {
  return new DevregError('usage', 'CONFIG_FILE_INVALID', `${file} is no file.`, {
    hint: 'Give another with --config.',
  });
}

/** Paths are from the file's folder on; URLs, standard input and variables are what they are. */
function fromFile(text: string, file: string, home: string): string {
  if (text === '-' || text.startsWith('$') || /^https?:\/\//i.test(text)) return text;
  return resolvePath(text, { folder: dirname(file), home });
}

function showPath(file: string, folder: string): string {
  const path = relative(folder, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}

/** Its words, without the program's. */
function pathOf(command: Command): string {
  return command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim();
}
