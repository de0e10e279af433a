/** `devreg images verify` (S3-24b). */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { type ImagePlace, parseRepositoryPlace } from '../../workflows/images/image-place.ts';
import { type Finding, type Verification, imagesIn, verifyImages } from '../../workflows/images/verify-images.ts';
import type { Context } from '../context.ts';
import { type ImagesCommand, openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
import { formatBytes } from '../images/sizes.ts';
import { parseOutputFormat } from '../output/format.ts';
import { count } from '../output/words.ts';

/** As often as eyes can follow. */
const INTERVAL_MS = 200;

/**
 * Verifies images, repositories, or the whole of the own registry.
 * @throws DevregError IMAGES_DAMAGED when something was found, and those of the registry
 */
export async function verify(context: Context, names: readonly string[], flags: Flags): Promise<void> {
  const { terminal, surroundings } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const fast = options.readSwitch('fast');
  const output = options.read('output', 'json or yaml', parseText);
  options.finish();
  const format = output === undefined ? undefined : parseOutputFormat(output, ['json', 'yaml']);
  await using command = await openImagesCommand(context, registries);
  const places = await findPlaces(names, command);
  const report = await terminal.step(`Verifying ${count(places.length, 'image')}`, () =>
    verifyImages(places, { fast, onProgress: throttle((text) => terminal.detail(text), places.length) }, command.ports),
  );
  if (format?.kind === 'json') terminal.answer(`${JSON.stringify(report, undefined, 2)}\n`);
  else if (format?.kind === 'yaml') terminal.answer((await import('yaml')).stringify(report));
  else terminal.answer(describe(report, fast));
  if (report.findings.length === 0) return;
  const images = new Set(report.findings.map(({ image }) => image)).size;
  throw new DevregError(
    'failure',
    'IMAGES_DAMAGED',
    `Not as it should be: ${images} of ${count(report.images, 'image')}.`,
    {
      hint: 'Push them again, or restore a backup; devreg registry scrub puts damaged files of an own registry aside.',
    },
  );
}

/** A name without a tag stands for all its tags; none at all for the own registry. */
async function findPlaces(
  names: readonly string[],
  { own, ports, place }: ImagesCommand,
): Promise<readonly ImagePlace[]> {
  const ownHost = () => own.chosenHost();
  if (names.length === 0) return imagesIn({ host: ownHost(), repository: undefined }, ports);
  const lists = await Promise.all(
    names.map(async (name) => {
      const one = isWhole(name) ? undefined : place(name);
      const isImage = one?.kind === 'archive' || (one?.reference.tag ?? one?.reference.digest) !== undefined;
      return one !== undefined && isImage ? [one] : imagesIn(parseRepositoryPlace(name, ownHost), ports);
    }),
  );
  return lists.flat();
}

/** A registry's name may look like an image's: `localhost:5001`. */
function isWhole(name: string): boolean {
  return /^(?:docker:\/\/)?(?:localhost|[^/:]+\.[^/:]+|[^/:]+(?=:\d+\/?$))(?::\d{2,5})?\/?$/.test(name);
}

function throttle(show: (text: string) => void, images: number): (done: number, bytes: number) => void {
  let shownAt = Number.NEGATIVE_INFINITY;
  return (done, bytes) => {
    const now = performance.now();
    if (now - shownAt < INTERVAL_MS) return;
    shownAt = now;
    show(`${done} of ${images}, ${formatBytes(bytes)} read`);
  };
}

function describe({ images, manifests, blobs, bytes, findings }: Verification, fast: boolean): string {
  const read = fast ? 'their bytes were not read' : `${formatBytes(bytes)} read`;
  const lines = findings.map((finding) => `${describeFinding(finding)}\n`);
  const looked = [count(images, 'image'), count(manifests, 'manifest'), count(blobs, 'blob'), read].join(', ');
  return `${lines.join('')}${looked}: ${findings.length === 0 ? 'all is well' : `${findings.length} found`}.\n`;
}

function describeFinding({ image, digest, problem }: Finding): string {
  return digest === undefined ? `${image}: ${problem}` : `${image}: ${digest}: ${problem}`;
}
