/** `devreg images digest` (S3-19). */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { translateReadErrors } from '../../errors.ts';
import { digestOf } from '../../oci/digest.ts';
import { readRaw } from '../../workflows/images/inspect-image.ts';
import { formatPlace } from '../../workflows/images/image-place.ts';
import type { Context } from '../context.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
import { READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { type ListView, formatList } from '../output/list.ts';

/** An image, or the file of a manifest. */
interface DigestRow {
  readonly image: string;
  readonly digest: string;
}

const VIEW: ListView<DigestRow> = {
  columns: [
    { heading: 'IMAGE', cell: ({ image }) => image },
    { heading: 'DIGEST', cell: ({ digest }) => digest },
  ],
  wideColumns: [],
  nameOf: ({ digest }) => digest,
};

/**
 * Answers with a digest for each place, and for the file of a manifest.
 * @throws DevregError OUTPUT_UNKNOWN, and those of the places
 */
export async function showDigests(context: Context, places: readonly string[], flags: Flags): Promise<void> {
  const { terminal, surroundings } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const file = options.read('manifest', 'a file', parseText);
  const format = parseOutputFormat(options.read('output', 'a format', parseText) ?? 'name', READ_FORMATS);
  options.finish();
  const rows: DigestRow[] = [];
  if (file !== undefined) {
    const path = resolve(surroundings.machine.folder, file);
    rows.push({ image: file, digest: digestOf(await translateReadErrors(path, () => readFile(path))) });
  }
  await using command = await openImagesCommand(context, registries);
  for (const place of places.map(command.place)) {
    rows.push({ image: formatPlace(place), digest: (await readRaw(place, command.ports)).digest });
  }
  terminal.answer(await formatList(rows, format, VIEW));
}
