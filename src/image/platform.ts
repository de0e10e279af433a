/** Platforms of images, as Node's words and as OCI's. Pure. */
import { DevregError } from '../errors.ts';
import { OWN_IMAGE_HINT } from './own-image-hint.ts';

/** A platform as images name it. @see https://go.dev/doc/install/source#environment */
export interface Platform {
  readonly architecture: string;
  readonly os: 'linux';
  readonly variant?: string;
}

const ARCHITECTURES: ReadonlyMap<string, Omit<Platform, 'os'>> = new Map([
  ['x64', { architecture: 'amd64' }],
  ['arm64', { architecture: 'arm64' }],
  ['arm', { architecture: 'arm', variant: 'v7' }],
  ['ppc64', { architecture: 'ppc64le' }],
  ['riscv64', { architecture: 'riscv64' }],
  ['s390x', { architecture: 's390x' }],
]);

/**
 * The platform of images made of a Node.
 * @param platform `process.platform`
 * @param architecture `process.arch`
 * @throws DevregError IMAGE_NEEDS_LINUX
 */
export function platformOf(platform: string, architecture: string): Platform {
  const known = ARCHITECTURES.get(architecture);
  if (platform === 'linux' && known !== undefined) return { ...known, os: 'linux' };
  const message = `devreg makes the registry's image of the Node it runs on, and Node for ${platform} on ${architecture} does not run in it.`;
  throw new DevregError('prerequisite', 'IMAGE_NEEDS_LINUX', message, { hint: OWN_IMAGE_HINT });
}
