/** Platforms, and which of several is meant. */
import { describe, expect, it } from 'vitest';
import { choosePlatform, formatPlatform, parsePlatform } from '../../src/oci/platform.ts';

function parse(text: string) {
  const platform = parsePlatform(text);
  if (platform === undefined) throw new Error(`${text} is no platform.`);
  return platform;
}

describe('a platform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['Linux/aarch64', 'linux/arm64'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/arm/v6', 'linux/arm/v6'],
    ['windows/amd64:10.0.17763', 'windows/amd64:10.0.17763'],
    ['macos/arm64', 'darwin/arm64'],
  ])('%s is %s', (text, written) => {
    expect(formatPlatform(parse(text))).toBe(written);
  });

  it.each(['', 'linux', 'linux/', '/amd64', 'linux/amd64/v1/more', 'linux/amd 64', 'linux/amd64:'])(
    'is not %j',
    (text) => {
      expect(parsePlatform(text)).toBeUndefined();
    },
  );
});

describe('choosing', () => {
  it.each([
    ['linux/arm64', ['linux/amd64', 'linux/arm64/v8'], ['linux/arm64/v8']],
    ['linux/amd64', ['linux/amd64/v2', 'linux/amd64', 'linux/amd64/v3'], ['linux/amd64']],
    ['linux/amd64/v3', ['linux/amd64/v2', 'linux/amd64'], ['linux/amd64/v2']],
    ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v6', 'linux/arm64'], ['linux/arm/v6']],
    ['linux/arm', ['linux/arm/v6', 'linux/arm/v7'], ['linux/arm/v7']],
    ['linux/arm/v6', ['linux/arm/v7'], []],
    [
      'windows/amd64',
      ['windows/amd64:10.0.1', 'windows/amd64:10.0.2'],
      ['windows/amd64:10.0.1', 'windows/amd64:10.0.2'],
    ],
    ['windows/amd64:10.0', ['windows/amd64:10.0.1', 'windows/amd64:11.0.2'], ['windows/amd64:10.0.1']],
    ['linux/s390x', ['linux/amd64', 'unknown/unknown'], []],
    ['linux/amd64', [], []],
  ])('%s of %j is %j', (wanted, offers, chosen) => {
    const all: { readonly platform?: ReturnType<typeof parse> }[] = [
      {},
      ...offers.map((text) => ({ platform: parse(text) })),
    ];
    expect(choosePlatform(parse(wanted), all).map(({ platform }) => platform && formatPlatform(platform))).toEqual(
      chosen,
    );
  });
});
