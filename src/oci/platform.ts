/** Platforms as people write them, and which of an index is the one that is meant. */
import type { Platform } from './descriptor.ts';

const WORD = /^[A-Za-z0-9_.-]+$/;

/** What other tools call the architectures. @see https://github.com/containerd/platforms */
const ARCHITECTURES: ReadonlyMap<string, Pick<Platform, 'architecture' | 'variant'>> = new Map([
  ['x86_64', { architecture: 'amd64' }],
  ['x86-64', { architecture: 'amd64' }],
  ['i386', { architecture: '386' }],
  ['aarch64', { architecture: 'arm64' }],
  ['armhf', { architecture: 'arm', variant: 'v7' }],
  ['armel', { architecture: 'arm', variant: 'v6' }],
]);

/** The variants that a processor is when none is said. */
const USUAL_VARIANTS: ReadonlyMap<string, string> = new Map([
  ['arm', 'v7'],
  ['arm64', 'v8'],
  ['amd64', 'v1'],
]);

/**
 * Reads a platform: `os/architecture[/variant][:version of the system]`, as `linux/arm/v7`.
 * @returns the platform, or undefined when the text is not one
 */
export function parsePlatform(text: string): Platform | undefined {
  const colon = text.indexOf(':');
  const version = colon < 0 ? undefined : text.slice(colon + 1);
  const words = (colon < 0 ? text : text.slice(0, colon)).split('/');
  const [os = '', architecture = '', variant] = words;
  if (words.length < 2 || words.length > 3 || ![...words, version ?? 'none'].every((word) => WORD.test(word))) {
    return undefined;
  }
  const known = ARCHITECTURES.get(architecture.toLowerCase()) ?? { architecture: architecture.toLowerCase() };
  return {
    os: os.toLowerCase() === 'macos' ? 'darwin' : os.toLowerCase(),
    ...known,
    ...(variant === undefined ? {} : { variant: variant.toLowerCase() }),
    ...(version === undefined ? {} : { 'os.version': version }),
  };
}

/** Writes a platform as it is read. */
export function formatPlatform({ os, architecture, variant, 'os.version': version }: Platform): string {
  return `${os}/${architecture}${variant === undefined ? '' : `/${variant}`}${version === undefined ? '' : `:${version}`}`;
}

/**
 * Chooses what runs on a platform: the same variant, else the nearest older one of its kind (an `arm/v6` image runs on
 * `arm/v7`). A version of the system counts where it is asked for, up to the part that is written.
 * @returns those that are best, in their order; none when nothing runs there
 */
export function choosePlatform<T extends { readonly platform?: Platform }>(
  wanted: Platform,
  offers: readonly T[],
): T[] {
  const rated = offers.map((offer) => ({ offer, rating: rate(wanted, offer.platform) }));
  const best = Math.max(...rated.map(({ rating }) => rating));
  return best < 0 ? [] : rated.filter(({ rating }) => rating === best).map(({ offer }) => offer);
}

/** How good: the number of the variant; -1 when it does not run there. */
function rate(wanted: Platform, offer: Platform | undefined): number {
  if (offer === undefined || offer.os !== wanted.os || offer.architecture !== wanted.architecture) return -1;
  const version = wanted['os.version'];
  const offered = offer['os.version'] ?? '';
  if (version !== undefined && offered !== version && !offered.startsWith(`${version}.`)) return -1;
  const [mine, theirs] = [variantOf(wanted), variantOf(offer)];
  if (mine === theirs) return 1_000;
  const [myNumber, theirNumber] = [numberOf(mine), numberOf(theirs)];
  return myNumber !== undefined && theirNumber !== undefined && theirNumber < myNumber ? theirNumber : -1;
}

function variantOf({ architecture, variant }: Platform): string {
  return variant ?? USUAL_VARIANTS.get(architecture) ?? '';
}

function numberOf(variant: string): number | undefined {
  const [, digits] = /^v([0-9]{1,2})$/.exec(variant) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
