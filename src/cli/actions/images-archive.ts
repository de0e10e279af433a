/** `devreg images export` and `devreg images import`. */
import { resolve } from 'node:path';
import { type Flags, type OptionReader, createOptionReader } from '../../config/option-reader.ts';
import { parseChoice, parseText } from '../../config/values.ts';
import { ownReference } from '../../workflows/images/engine-images.ts';
import { exportImages } from '../../workflows/images/export-images.ts';
import { importImages } from '../../workflows/images/import-images.ts';
import type { Context } from '../context.ts';
import { type CopiedRow, toRow } from '../images/copied-view.ts';
import { readCopyWish, readPlatforms } from '../images/copy-options.ts';
import { writeDigests } from '../images/digest-file.ts';
import { openImagesCommand, titleOf } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
import { showCopying } from '../images/show-copying.ts';
import { READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { answerCopies, refuseTerminal, sayRemarks } from './images-copy.ts';

/**
 * Writes images into one archive.
 * @throws DevregError OPTION_MISSING when it would go to a terminal, and those of the recipe
 */
export async function exportTo(context: Context, names: readonly string[], flags: Flags): Promise<void> {
  const { surroundings } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const wish = readCopyWish(options, flags, surroundings.machine.arch);
  const compression = options.read('compress', 'gzip or zstd', parseChoice(['gzip', 'zstd']));
  const output = options.read('output', 'a file, or -', parseText) ?? '-';
  const digestFile = options.read('digestfile', 'a file', parseText);
  const isQuiet = options.readSwitch('quiet');
  options.finish();
  if (output === '-') refuseTerminal(context);
  await using command = await openImagesCommand(context, registries);
  const places = names.map(command.place);
  const path = output === '-' ? output : resolve(surroundings.machine.folder, output);
  const archive = { ...(compression === undefined ? {} : { compression }), overwrite: true };
  const images = await showCopying(context, `Exporting ${titleOf(places)}`, isQuiet, (progress) =>
    exportImages(places, path, archive, wish.choice, command.ports, progress),
  );
  const digests = images.map(({ name, result }) => ({ target: name, digest: result.digest }));
  if (digestFile !== undefined) await writeDigests(digestFile, digests);
  if (isQuiet) return;
  sayRemarks(
    context,
    images.map(({ result }) => result),
  );
  if (output === '-') return;
  const lines = images.map(({ name, result }) => `Exported ${name} to ${output}: ${result.digest}.\n`);
  context.terminal.answer(lines.join(''));
}

/**
 * Puts the images of an archive into a registry.
 * @param name of the only image there; undefined: each keeps its own, in the own registry
 * @throws DevregError of the recipe
 */
export async function importFrom(
  context: Context,
  file: string,
  name: string | undefined,
  flags: Flags,
): Promise<void> {
  const { surroundings } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const prefix = options.read('prefix', 'a text', parseText) ?? '';
  const { choice, format, isQuiet } = readImportOptions(options, surroundings.machine.arch);
  options.finish();
  await using command = await openImagesCommand(context, registries);
  const { own, ports } = command;
  const only = name === undefined ? undefined : command.reference(name);
  const placeOf = (one: string) => ownReference(one, own.chosenHost(), own.chosen().names, prefix);
  const path = file === '-' ? file : resolve(surroundings.machine.folder, file);
  const images = await showCopying(
    context,
    `Importing ${file === '-' ? 'standard input' : file}`,
    isQuiet,
    (progress) => importImages(path, { placeOf, only }, choice, ports, progress),
  );
  const rows: readonly CopiedRow[] = images.map((image) =>
    toRow({ source: image.name ?? file, target: `docker://${image.target}`, outcome: 'copied', result: image.result }),
  );
  await answerCopies(context, rows, format, isQuiet);
}

function readImportOptions(options: OptionReader, arch: string) {
  const platforms = readPlatforms(options, arch);
  const output = options.read('output', 'a format', parseText);
  return {
    choice: { platforms, referrers: true, preserveDigests: false, parallel: 4 },
    format: output === undefined ? undefined : parseOutputFormat(output, READ_FORMATS),
    isQuiet: options.readSwitch('quiet'),
  };
}
