/** The platform of images that run on this machine. Pure. */
import type { Platform } from '../../oci/descriptor.ts';

const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['x64', 'amd64'],
  ['ia32', '386'],
  ['ppc64', 'ppc64le'],
]);

/** Engines run Linux, whatever the machine itself runs. @param arch as Node calls it */
export function localPlatform(arch: string): Platform {
  return { os: 'linux', architecture: ARCHITECTURES.get(arch) ?? arch };
}
