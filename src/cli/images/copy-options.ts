/** Reads the options about how much of an image is copied, and how. */
import type { Flags, OptionReader } from '../../config/option-reader.ts';
import { parseChoice, parseCount, parseText } from '../../config/values.ts';
import type { ImageFormat } from '../../copy/conversion/image-formats.ts';
import { DevregError } from '../../errors.ts';
import type { CopyWish } from '../../workflows/images/copy-one.ts';
import type { Platform } from '../../oci/descriptor.ts';
import { formatPlatform, parsePlatform } from '../../oci/platform.ts';
import { localPlatform } from './local-platform.ts';

/** Blobs at the same time. */
const JOBS = 8;

/** Which part of images is copied. */
type Platforms = CopyWish['choice']['platforms'];

/** Reads the options of copying. @param arch of this machine, as Node calls it */
export function readCopyWish(options: OptionReader, flags: Flags, arch: string): CopyWish {
  const platforms = readPlatforms(options, arch);
  const noClobber = flags['clobber'] === false || options.readSwitch('noClobber');
  const format = options.read('format', 'oci or v2s2', parseFormat);
  if (format !== undefined && platforms === 'index-only') {
    throw new DevregError(
      'usage',
      'OPTIONS_CLASH',
      '--format converts images, and --multi-arch index-only copies none.',
    );
  }
  return {
    choice: {
      platforms,
      system: readSingle(options, arch),
      format,
      referrers: !options.readSwitch('removeSignatures'),
      preserveDigests: options.readSwitch('preserveDigests'),
      parallel: options.read('jobs', 'a number from 1 to 20', parseJobs) ?? JOBS,
    },
    noClobber,
    moreTags: [],
  };
}

/** Reads which platforms are meant. @throws DevregError OPTIONS_CLASH */
export function readPlatforms(options: OptionReader, arch: string): Platforms {
  const here = readSystem(options, arch);
  const named = options.readList('platform', 'a platform such as linux/arm64, or local', (text) =>
    text === 'local' ? here : parsePlatform(text),
  );
  const which = options.read('multiArch', 'all, system or index-only', parseChoice(['all', 'system', 'index-only']));
  const isAll = options.readSwitch('all');
  const asked = [named !== undefined, which !== undefined && which !== 'all', isAll].filter(Boolean).length;
  if (asked > 1) throw new DevregError('usage', 'OPTIONS_CLASH', 'Give one of --platform, --multi-arch and --all.');
  if (which === 'index-only') return 'index-only';
  if (which === 'system') return [formatPlatform(here)];
  return named === undefined || named.length === 0 ? 'all' : named.map(formatPlatform);
}

/** Reads what this machine is to be taken for. */
export function readSystem(options: OptionReader, arch: string): Platform {
  const here = localPlatform(arch);
  const os = options.read('overrideOs', 'an operating system', parseText);
  const architecture = options.read('overrideArch', 'a processor', parseText);
  const variant = options.read('overrideVariant', 'a variant', parseText);
  return {
    os: os ?? here.os,
    architecture: architecture ?? here.architecture,
    ...(variant === undefined ? {} : { variant }),
  };
}

/**
 * Reads what a place gets of an image that holds no more than one platform of it.
 * @returns undefined when all of them were asked for in so many words
 */
function readSingle(options: OptionReader, arch: string): string | undefined {
  const isAll = options.readSwitch('all');
  const which = options.read('multiArch', 'a choice', parseText);
  return isAll || which === 'all' ? undefined : formatPlatform(readSystem(options, arch));
}

/** Docker's own name for its format is taken too. */
function parseFormat(text: string): ImageFormat | undefined {
  return text === 'docker' ? 'v2s2' : parseChoice(['oci', 'v2s2'])(text);
}

function parseJobs(text: string): number | undefined {
  const count = parseCount(text);
  return count === 0 ? undefined : count;
}
