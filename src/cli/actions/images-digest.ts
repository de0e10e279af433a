/** `devreg images digest` (S3-19). */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { translateReadErrors } from '../../errors.ts';
import { digestOf } from '../../oci/digest.ts';
import { readRaw } from '../../workflows/images/inspect-image.ts';
import type { Context } from '../context.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';

/** Answers with a digest for each place, and for the file of a manifest. */
export async function showDigests(context: Context, places: readonly string[], flags: Flags): Promise<void> {
  const { terminal, surroundings } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const file = options.read('manifest', 'a file', parseText);
  options.finish();
  if (file !== undefined) {
    const path = resolve(surroundings.machine.folder, file);
    terminal.answer(`${digestOf(await translateReadErrors(path, () => readFile(path)))}\n`);
  }
  await using command = await openImagesCommand(context, registries);
  for (const place of places.map(command.place)) {
    terminal.answer(`${(await readRaw(place, command.ports)).digest}\n`);
  }
}
