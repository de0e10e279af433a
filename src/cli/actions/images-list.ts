/** `devreg images list` and `devreg get images`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { parseRepositoryPlace } from '../../workflows/images/image-place.ts';
import { type ListedImage, listImages } from '../../workflows/images/list-images.ts';
import type { Context } from '../context.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
import { formatAge, formatBytes } from '../images/sizes.ts';
import { READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { type ListView, answerList } from '../output/list.ts';

/** As many digits of a digest as engines show. */
const SHORT = 12;

/** @param place undefined: the whole of the own registry */
export async function listImagesOf(context: Context, place: string | undefined, flags: Flags): Promise<void> {
  const { terminal, surroundings } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const format = parseOutputFormat(options.read('output', 'a format', parseText) ?? 'table', READ_FORMATS);
  options.finish();
  await using command = await openImagesCommand(context, registries);
  const ownHost = () => command.own.chosenHost();
  const wanted =
    place === undefined ? { host: ownHost(), repository: undefined } : parseRepositoryPlace(place, ownHost);
  const images = await listImages(wanted, command.ports);
  const nothing = `No images in ${wanted.host}. Push one to ${wanted.host}/NAME, or bring one with devreg images copy.`;
  await answerList(terminal, images, format, viewAt(surroundings.now()), nothing);
}

function viewAt(now: Date): ListView<ListedImage> {
  return {
    columns: [
      { heading: 'REPOSITORY', cell: ({ repository }) => repository },
      { heading: 'TAG', cell: ({ tag }) => tag },
      { heading: 'DIGEST', cell: ({ digest }) => digest.slice(digest.indexOf(':') + 1).slice(0, SHORT) },
      { heading: 'SIZE', cell: ({ size }) => formatBytes(size) },
      { heading: 'CREATED', cell: ({ created }) => (created === null ? '-' : formatAge(new Date(created), now)) },
    ],
    wideColumns: [
      { heading: 'PLATFORMS', cell: ({ platforms }) => (platforms.length === 0 ? '-' : platforms.join(',')) },
      { heading: 'WHOLE DIGEST', cell: ({ digest }) => digest },
    ],
    nameOf: ({ reference }) => reference,
  };
}
