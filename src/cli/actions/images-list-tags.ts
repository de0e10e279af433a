/** `devreg images list-tags` (S3-08, S3-17). */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import type { Context } from '../context.ts';
import { formatGoJson } from '../images/go-json.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
import { fillJsonPath } from '../output/json-path.ts';
import { parseOutputFormat } from '../output/format.ts';

/** Lists the tags of a repository: one a line, or skopeo's JSON. */
export async function listTags(context: Context, text: string, flags: Flags): Promise<void> {
  const { terminal, surroundings } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const output = options.read('output', 'a format', parseText) ?? 'name';
  options.finish();
  const format = parseOutputFormat(output === 'text' ? 'name' : output, ['name', 'json', 'yaml', 'jsonpath']);
  await using command = await openImagesCommand(context, registries);
  const { registry, repository } = command.reference(text);
  const { signal } = surroundings;
  const client = await command.ports.registries.open(registry, 'source');
  const tags = await Array.fromAsync(client.listTags(repository, signal));
  const answer = { Repository: `${registry}/${repository}`, Tags: tags };
  if (format.kind === 'json') terminal.answer(formatGoJson(answer));
  else if (format.kind === 'yaml') terminal.answer((await import('yaml')).stringify(answer));
  else if (format.kind === 'jsonpath') terminal.answer(fillJsonPath(format.template, answer));
  else terminal.answer(tags.map((tag) => `${tag}\n`).join(''));
}
