/** `devreg images inspect` (S3-15, S3-16): what skopeo prints, field for field. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { inspectConfig, inspectImage, readRaw } from '../../workflows/images/inspect-image.ts';
import type { Context } from '../context.ts';
import { readSystem } from '../images/copy-options.ts';
import { formatGoJson } from '../images/go-json.ts';
import { fillGoTemplate } from '../images/go-template.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
import { type OutputFormat, parseOutputFormat } from '../output/format.ts';
import { fillJsonPath } from '../output/json-path.ts';

/**
 * Inspects.
 * @throws DevregError OPTIONS_CLASH, TEMPLATE_UNKNOWN, TEMPLATE_FIELD_UNKNOWN, and those of the recipe
 */
export async function inspect(context: Context, text: string, flags: Flags): Promise<void> {
  const { terminal, surroundings } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const platform = readSystem(options, surroundings.machine.arch);
  const [isConfig, isRaw] = [options.readSwitch('configuration'), options.readSwitch('raw')];
  const withTags = flags['tags'] !== false && !options.readSwitch('noTags');
  const template = options.read('format', 'a template', parseText);
  const format = parseOutputFormat(options.read('output', 'a format', parseText) ?? 'json', [
    'json',
    'yaml',
    'jsonpath',
  ]);
  options.finish();
  if (template !== undefined && isRaw)
    throw new DevregError('usage', 'OPTIONS_CLASH', 'Give either --format or --raw: what is raw stays as it is.');
  await using command = await openImagesCommand(context, registries);
  const { ports } = command;
  const place = command.place(text);
  if (isConfig) {
    const { bytes, config } = await inspectConfig(place, platform, ports);
    terminal.answer(isRaw ? new TextDecoder().decode(bytes) : await write(config, format, template));
  } else if (isRaw) terminal.answer(new TextDecoder().decode((await readRaw(place, ports)).bytes));
  else terminal.answer(await write(await inspectImage(place, { platform, withTags }, ports), format, template));
}

async function write(answer: unknown, format: OutputFormat, template: string | undefined): Promise<string> {
  if (template !== undefined) return `${fillGoTemplate(template, answer)}\n`;
  if (format.kind === 'yaml') return (await import('yaml')).stringify(answer);
  return format.kind === 'jsonpath' ? fillJsonPath(format.template, answer) : formatGoJson(answer);
}
