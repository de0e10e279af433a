/** Reads the configuration of an image: a small blob of JSON. */
import { DevregError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { ImageSource } from './image-source.ts';

/** Configurations with long histories have some hundred kilobytes. */
const CONFIG_MAX_BYTES = 8 * 1024 * 1024;

/**
 * Reads it as a whole.
 * @throws DevregError of the source, CONTENT_WRONG, IMAGE_UNREADABLE when it is far too large; the signal's reason
 */
export async function readConfig(config: Descriptor, source: ImageSource, signal: AbortSignal): Promise<Buffer> {
  if (config.size > CONFIG_MAX_BYTES) {
    const message = `The configuration of ${source.name} has ${config.size} bytes.`;
    throw new DevregError('failure', 'IMAGE_UNREADABLE', message);
  }
  const pieces: Buffer[] = [];
  let total = 0;
  for await (const piece of (await source.openBlob(config, signal)) as AsyncIterable<Buffer>) {
    total += piece.length;
    if (total > CONFIG_MAX_BYTES) break;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
