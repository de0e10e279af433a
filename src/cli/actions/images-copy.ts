/** `devreg images copy`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { copyOne, placeBelow } from '../../workflows/images/copy-one.ts';
import type { ImagePlace } from '../../workflows/images/image-place.ts';
import type { Context } from '../context.ts';
import { COPIED_VIEW, type CopiedRow, sentenceOf, toRow } from '../images/copied-view.ts';
import { readCopyWish } from '../images/copy-options.ts';
import { writeDigest, writeDigests } from '../images/digest-file.ts';
import { openImagesCommand, titleOf } from '../images/open-command.ts';
import { readCopyingOptions } from '../images/registry-options.ts';
import { showCopying } from '../images/show-copying.ts';
import { type OutputFormat, READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { formatList } from '../output/list.ts';

/**
 * Copies one image, or several below a prefix.
 * @param places sources, and the target last
 * @throws DevregError OPTIONS_CLASH, and those of `copyOne`
 */
export async function copyImages(context: Context, places: readonly string[], flags: Flags): Promise<void> {
  const { env, machine } = context.surroundings;
  const options = createOptionReader(flags, env);
  const registries = readCopyingOptions(options, flags);
  const wish = readCopyWish(options, flags, machine.arch);
  const moreTags = options.readAll('additionalTag', 'a tag', parseText) ?? [];
  const digestFile = options.read('digestfile', 'a file', parseText);
  const isQuiet = options.readSwitch('quiet');
  const output = options.read('output', 'a format', parseText);
  options.finish();
  const format = output === undefined ? undefined : parseOutputFormat(output, READ_FORMATS);
  await using command = await openImagesCommand(context, registries);
  const { sources, targets } = readPlaces(places, command.place);
  // What goes through a pipe has standard output for itself.
  const isPiped = targets.some((target) => target.kind === 'archive' && target.transport.path === '-');
  if (isPiped) refuseTerminal(context);
  const title = `Copying ${titleOf(sources)}`;
  const rows = await showCopying(context, title, isQuiet, async (progress) => {
    const done: CopiedRow[] = [];
    for (const [index, source] of sources.entries()) {
      if (sources.length > 1) progress.say(`${index + 1} of ${sources.length} images`);
      const target = targets[index];
      if (target === undefined) continue;
      done.push(toRow(await copyOne(source, target, { ...wish, moreTags }, command.ports, progress)));
    }
    return done;
  });
  const [first] = rows;
  if (digestFile !== undefined && first !== undefined)
    await (rows.length === 1 ? writeDigest(digestFile, first) : writeDigests(digestFile, rows));
  if (!isPiped) await answerCopies(context, rows, format, isQuiet);
  else if (!isQuiet) sayRemarks(context, rows);
}

/** Refuses to write an archive to a terminal. @throws DevregError OPTION_MISSING */
export function refuseTerminal({ surroundings }: Context): void {
  if (surroundings.stdout.isTTY !== true) return;
  throw new DevregError('usage', 'OPTION_MISSING', 'An archive is nothing for a terminal.', {
    hint: 'Write it to a file, or into a pipe.',
  });
}

/** Says what of the images is otherwise than in their sources. */
export function sayRemarks({ terminal }: Context, rows: readonly Pick<CopiedRow, 'remarks'>[]): void {
  for (const remark of new Set(rows.flatMap(({ remarks }) => remarks))) terminal.warn(remark);
}

/** Answers with what was copied. */
export async function answerCopies(
  context: Context,
  rows: readonly CopiedRow[],
  format: OutputFormat | undefined,
  isQuiet: boolean,
): Promise<void> {
  const { terminal } = context;
  if (!isQuiet) sayRemarks(context, rows);
  if (format !== undefined) terminal.answer(await formatList(rows, format, COPIED_VIEW));
  else if (!isQuiet) terminal.answer(rows.map(sentenceOf).join(''));
}

function readPlaces(
  places: readonly string[],
  parse: (text: string) => ImagePlace,
): { readonly sources: readonly ImagePlace[]; readonly targets: readonly ImagePlace[] } {
  const all = places.map(parse);
  const target = all.at(-1);
  const sources = all.slice(0, -1);
  if (target === undefined || sources.length === 0)
    throw new DevregError('usage', 'USAGE', 'Where does the image go?', { hint: 'See devreg images copy --help.' });
  return { sources, targets: sources.length === 1 ? [target] : sources.map((source) => placeBelow(target, source)) };
}
