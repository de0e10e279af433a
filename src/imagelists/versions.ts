/** Tags that are versions, and ranges of versions, as the tools that read lists of images take them. Pure. */

/** A version; a tag may leave out what it is not about, as `1.2` and `v3` do. */
interface Version {
  readonly numbers: readonly [major: number, minor: number, patch: number];
  /** How many of the numbers were written. */
  readonly precision: number;
  readonly prerelease: string;
}

type Comparator = (version: Version) => boolean;

const VERSION =
  /^v?(\d{1,15})(?:\.(\d{1,15}))?(?:\.(\d{1,15}))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;
const PART =
  /^(=|!=|>|<|>=|=>|<=|=<|~|~>|\^)?\s*(v?(?:\d{1,15}|[xX*])(?:\.(?:\d{1,15}|[xX*])){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/;

/**
 * Reads a range such as `>= 1.2, < 2 || ~3.1`: comma or blank join what must hold together.
 * @see https://github.com/Masterminds/semver#checking-version-constraints
 * @returns whether a tag is a version in the range; undefined when the text is no range
 */
export function parseVersionRange(text: string): ((tag: string) => boolean) | undefined {
  const alternatives = text.split('||').map(parseTogether);
  if (alternatives.some((one) => one === undefined)) return undefined;
  return (tag) => {
    const version = parseVersion(tag);
    return version !== undefined && alternatives.some((one) => one?.every((holds) => holds(version)));
  };
}

function parseTogether(text: string): readonly Comparator[] | undefined {
  const spans = text.replaceAll(/(\S+)\s+-\s+(\S+)/g, '>=$1 <=$2');
  const parts = spans.match(/(?:[=!<>~^]+\s*)?[^\s,]+/g) ?? [];
  const comparators = parts.map(parsePart);
  return comparators.length > 0 && comparators.every((one) => one !== undefined) ? comparators : undefined;
}

function parsePart(text: string): Comparator | undefined {
  const [, operator = '', words = ''] = PART.exec(text) ?? [];
  const [wanted] = words.split(/\.?[xX*]/, 1);
  if (words !== '' && (wanted === '' || wanted === 'v')) return (version) => version.prerelease === '';
  const version = parseVersion(wanted ?? '');
  return version === undefined ? undefined : comparatorOf(operator, version, wanted !== words);
}

function comparatorOf(operator: string, wanted: Version, hasWildcard: boolean): Comparator {
  const atLeast: Comparator = (version) => compare(version, wanted) >= 0;
  const sameUpTo = (count: number): Comparator => {
    return (version) => wanted.numbers.slice(0, count).every((number, index) => version.numbers[index] === number);
  };
  const inSeries = sameUpTo(wanted.precision);
  // What comes before a version is meant by nobody who does not name such a version.
  const released: Comparator = (version) => version.prerelease === '' || wanted.prerelease !== '';
  const both = (...all: readonly Comparator[]): Comparator => {
    return (version) => [released, ...all].every((holds) => holds(version));
  };
  switch (operator) {
    case '>':
      return both(
        hasWildcard || wanted.precision < 3
          ? (version) => atLeast(version) && !inSeries(version)
          : (version) => compare(version, wanted) > 0,
      );
    case '<':
      return both((version) => compare(version, wanted) < 0);
    case '>=':
    case '=>':
      return both(atLeast);
    case '<=':
    case '=<':
      return both((version) => compare(version, wanted) <= 0 || (wanted.precision < 3 && inSeries(version)));
    case '~':
    case '~>':
      return both(atLeast, sameUpTo(Math.min(wanted.precision, 2)));
    case '^':
      return both(atLeast, sameUpTo(firstNonZero(wanted)));
    case '!=':
      return both((version) => !isSame(version, wanted, inSeries));
    default:
      return both((version) => isSame(version, wanted, inSeries));
  }
}

function isSame(version: Version, wanted: Version, inSeries: Comparator): boolean {
  return wanted.precision < 3 ? inSeries(version) : compare(version, wanted) === 0;
}

/** `^0.2.3` stays in 0.2, `^1.2.3` in 1. */
function firstNonZero({ numbers, precision }: Version): number {
  const index = numbers.findIndex((number) => number > 0);
  return index < 0 ? precision : Math.min(index + 1, precision);
}

function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  const [, major = '0', minor, patch, prerelease = ''] = match;
  const precision = 1 + [minor, patch].filter((part) => part !== undefined).length;
  return { numbers: [Number(major), Number(minor ?? 0), Number(patch ?? 0)], precision, prerelease };
}

/** @see https://semver.org/#spec-item-11 */
function compare(one: Version, other: Version): number {
  const index = one.numbers.findIndex((number, at) => number !== other.numbers[at]);
  if (index >= 0) return (one.numbers[index] ?? 0) - (other.numbers[index] ?? 0);
  if (one.prerelease === other.prerelease) return 0;
  if (one.prerelease === '') return 1;
  if (other.prerelease === '') return -1;
  return comparePrereleases(one.prerelease.split('.'), other.prerelease.split('.'));
}

function comparePrereleases(one: readonly string[], other: readonly string[]): number {
  const index = one.findIndex((part, at) => part !== other[at]);
  if (index < 0) return one.length - other.length;
  const [mine = '', theirs] = [one[index], other[index]];
  if (theirs === undefined) return 1;
  const [isNumber, theirsIs] = [/^\d+$/.test(mine), /^\d+$/.test(theirs)];
  if (isNumber && theirsIs) return Number(mine) - Number(theirs);
  if (isNumber !== theirsIs) return isNumber ? -1 : 1;
  return mine < theirs ? -1 : 1;
}
