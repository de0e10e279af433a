/** `devreg images sync` (S0-30, S3-18). */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { formatPlace } from '../../workflows/images/image-place.ts';
import { syncImages } from '../../workflows/images/sync-images.ts';
import type { SyncItem } from '../../workflows/images/sync-plan.ts';
import type { Context } from '../context.ts';
import type { CopyWish } from '../../workflows/images/copy-one.ts';
import { type CopiedRow, plannedRow, toRow } from '../images/copied-view.ts';
import type { CopyProgress } from '../images/copy-progress.ts';
import { readCopyWish } from '../images/copy-options.ts';
import { writeDigests } from '../images/digest-file.ts';
import { type ImagesCommand, openImagesCommand } from '../images/open-command.ts';
import { readCopyingOptions } from '../images/registry-options.ts';
import { showCopying } from '../images/show-copying.ts';
import { makePlan } from '../images/sync-plan.ts';
import { readSyncInput, readSyncWords } from '../images/sync-input.ts';
import { READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { count } from '../output/words.ts';
import { answerCopies } from './images-copy.ts';

/** Images at the same time. */
const IMAGES = 4;

/**
 * Syncs.
 * @param places source and destination; with `--file` the destination alone, or nothing
 * @throws DevregError SYNC_INCOMPLETE when others went on, IMAGE_LIST_INVALID, and those of planning and copying
 */
export async function sync(context: Context, places: readonly string[], flags: Flags): Promise<void> {
  const { surroundings, terminal } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readCopyingOptions(options, flags);
  const copy = readCopyWish(options, flags, surroundings.machine.arch);
  const words = readSyncWords(options, places);
  const keepGoing = options.readSwitch('keepGoing');
  const isDryRun = options.readSwitch('dryRun');
  const isQuiet = options.readSwitch('quiet');
  const digestFile = options.read('digestfile', 'a file', parseText);
  const output = options.read('output', 'a format', parseText);
  options.finish();
  const format = output === undefined ? undefined : parseOutputFormat(output, READ_FORMATS);
  const input = await readSyncInput(words, surroundings);
  for (const warning of input.list?.warnings ?? []) terminal.warn(warning);
  await using command = await openImagesCommand(context, {
    ...registries,
    ...(input.list === undefined ? {} : { listed: input.list.registries }),
  });
  const plan = await planQuietly(context, isQuiet, () => makePlan(input, words, copy, command));
  const rows = isDryRun
    ? plan.map(({ source, target }) => plannedRow(formatPlace(source), formatPlace(target)))
    : await showCopying(context, `Copying ${count(plan.length, 'image')}`, isQuiet, (progress) =>
        copyAll(plan, { copy, keepGoing, isQuiet }, command, progress, context),
      );
  if (digestFile !== undefined) await writeDigests(digestFile, rows);
  await answerCopies(context, rows, format, isQuiet);
  refuseFailures(rows);
}

async function planQuietly<T>({ terminal }: Context, isQuiet: boolean, work: () => Promise<T>): Promise<T> {
  return isQuiet ? work() : terminal.step('Looking for images', work);
}

interface CopyAllWish {
  readonly copy: CopyWish;
  readonly keepGoing: boolean;
  readonly isQuiet: boolean;
}

async function copyAll(
  plan: readonly SyncItem[],
  { copy, keepGoing, isQuiet }: CopyAllWish,
  { ports }: ImagesCommand,
  progress: CopyProgress,
  { surroundings, terminal }: Context,
): Promise<readonly CopiedRow[]> {
  let done = 0;
  const images = await syncImages(
    plan,
    {
      copy,
      images: IMAGES,
      keepGoing,
      observer: progress,
      onDone: (image) => {
        done++;
        progress.say(`${done} of ${plan.length} images`);
        // Where lines are not overwritten, each image gets one.
        if (!isQuiet && surroundings.stderr.isTTY !== true)
          terminal.note(`${done}/${plan.length} ${image.source}: ${image.outcome}`);
      },
    },
    ports,
  );
  return images.map(toRow);
}

function refuseFailures(rows: readonly CopiedRow[]): void {
  const failed = rows.filter(({ outcome }) => outcome === 'failed');
  const [first] = failed;
  if (first === undefined) return;
  const sentence = `${failed.length} of ${rows.length} images were not copied, the first one ${first.source}: ${first.error?.message ?? ''}`;
  throw new DevregError('failure', 'SYNC_INCOMPLETE', sentence, {
    hint: 'Run the same command again: what is there already is not moved twice.',
  });
}
