/** Platforms: Node's words and OCI's. */
import { describe, expect, it } from 'vitest';
import { platformOf } from '../../src/image/platform.ts';

describe('a platform', () => {
  it.each([
    ['x64', { os: 'linux', architecture: 'amd64' }],
    ['arm64', { os: 'linux', architecture: 'arm64' }],
    ['arm', { os: 'linux', architecture: 'arm', variant: 'v7' }],
  ])('of Node on Linux and %s is %j', (architecture, platform) => {
    expect(platformOf('linux', architecture)).toEqual(platform);
  });

  it.each([
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['linux', 'mips'],
  ])('is none on %s and %s, with the way out', (platform, architecture) => {
    expect(() => platformOf(platform, architecture)).toThrow(
      expect.objectContaining({
        kind: 'prerequisite',
        code: 'IMAGE_NEEDS_LINUX',
        hint: expect.stringMatching(/docker build .*--registry-image/),
      }),
    );
  });
});
