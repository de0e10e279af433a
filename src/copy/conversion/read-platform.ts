/** What an image runs on, by its configuration. */
import type { Platform } from '../../oci/descriptor.ts';
import { readDescriptors } from '../../oci/manifest-content.ts';
import type { ImageSource, StoredManifest } from '../image-source.ts';
import { readConfig } from '../read-config.ts';

/** @returns undefined when it does not say so. @throws DevregError of the source; the signal's reason */
export async function readPlatform(
  { bytes }: StoredManifest,
  source: ImageSource,
  signal: AbortSignal,
): Promise<Platform | undefined> {
  const [config] = readDescriptors(parse(bytes), 'config') ?? [];
  if (config === undefined) return undefined;
  const facts = parse(await readConfig(config, source, signal));
  if (typeof facts !== 'object' || facts === null || !('os' in facts) || !('architecture' in facts)) return undefined;
  const { os, architecture } = facts;
  const variant = 'variant' in facts && typeof facts.variant === 'string' ? { variant: facts.variant } : {};
  return typeof os === 'string' && typeof architecture === 'string' ? { os, architecture, ...variant } : undefined;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
