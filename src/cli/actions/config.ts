/** `devreg config view`, `config path` and `config schema`. */
import { CONFIG_HEAD } from '../../config/config-file.ts';
import { CONFIG_OPTIONS } from '../../config/config-options.ts';
import type { Declaration } from '../../config/declaration.ts';
import { PROJECT_FILE, userFile } from '../../config/find-config.ts';
import { type Flags, type OptionReader, createOptionReader } from '../../config/option-reader.ts';
import { parseChoice } from '../../config/values.ts';
import { findConfiguration } from '../configuration.ts';
import type { Context } from '../context.ts';

/** An option that is asked for. */
interface Asked {
  readonly name: string;
  /** As a configuration file has it. */
  readonly value: unknown;
  readonly source: string;
}

/**
 * Answers with what variables and files ask for.
 * @throws DevregError CONFIG_INVALID
 */
export async function viewConfig({ surroundings, terminal }: Context, flags: Flags): Promise<void> {
  const { output, sources, configured } = flags;
  const own = createOptionReader({ output, sources }, {});
  const format = own.read('output', 'yaml or json', parseChoice(['yaml', 'json'])) ?? 'yaml';
  const withSources = own.readSwitch('sources');
  own.finish();
  const options = createOptionReader({ configured }, surroundings.env);
  const asked = Object.entries(CONFIG_OPTIONS).flatMap(([name, declaration]) => readAsked(name, declaration, options));
  options.finish();
  terminal.answer(format === 'json' ? formatJson(asked, withSources) : await formatYaml(asked, withSources));
}

/** Answers with the files that are read. */
export async function showConfigPaths({ surroundings, terminal }: Context, flags: Flags): Promise<void> {
  const { machine, env } = surroundings;
  const place = { ...machine, env };
  const files = await findConfiguration(place, flags);
  terminal.answer(files.map(({ file }) => `${file}\n`).join(''));
  if (files.length === 0) terminal.note(`There is neither a ${PROJECT_FILE} in this project nor a ${userFile(place)}.`);
}

/** Answers with the schema of configuration files. */
export async function showConfigSchema({ terminal }: Context): Promise<void> {
  const { configSchema } = await import('../../config/schema.ts');
  terminal.answer(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
}

function readAsked(
  name: string,
  { parse, expected, schema, isList }: Declaration<unknown>,
  options: OptionReader,
): Asked[] {
  const source = options.sourceOf(name);
  if (source === undefined) return [];
  // As text: what it means to the program may not be how it is written, such as lengths of time.
  const written = (text: string) => {
    const value = parse(text);
    return value === undefined || schema.type !== 'string' ? value : text;
  };
  const value = isList ? options.readList(name, expected, written) : options.read(name, expected, written);
  return [{ name, value, source }];
}

function formatJson(asked: readonly Asked[], withSources: boolean): string {
  const entries = asked.map(({ name, value, source }) => [name, withSources ? { value, source } : value]);
  const head = withSources ? {} : CONFIG_HEAD;
  return `${JSON.stringify({ ...head, ...Object.fromEntries(entries) }, undefined, 2)}\n`;
}

async function formatYaml(asked: readonly Asked[], withSources: boolean): Promise<string> {
  const { stringify } = await import('yaml');
  const lines = asked.map(({ name, value, source }) => {
    const comment = withSources ? `# ${source}\n` : '';
    return `${comment}${stringify({ [name]: value })}`;
  });
  return `${stringify(CONFIG_HEAD)}${lines.join('')}`;
}
