/** What is remembered of a layer in the cache: its digests, and the files it was made of. */
import { type Digest, parseDigest } from '../oci/digest.ts';
import type { LayerBlob, LayerDigests } from './layer.ts';
import type { HostFile } from './node-files.ts';

/** The memory of one layer. */
export interface LayerRecord extends LayerDigests {
  readonly files: readonly HostFile[];
}

/** Writes a record. */
export function formatLayerRecord(record: LayerRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/** Reads a record. @returns undefined when the text is none, as after a crash: the layer is then made anew */
export function parseLayerRecord(text: string): LayerRecord | undefined {
  const value = parseObject(text);
  const plain = readBlob(value['plain']);
  const zstd = readBlob(value['zstd']);
  const files = Array.isArray(value['files']) ? value['files'].map(readFileFacts) : [];
  const isWhole = files.length > 0 && files.every((file) => file !== undefined);
  return plain !== undefined && zstd !== undefined && isWhole ? { plain, zstd, files } : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields {
  try {
    return asFields(JSON.parse(text));
  } catch {
    return {};
  }
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function readBlob(value: unknown): LayerBlob | undefined {
  const { digest, size } = asFields(value);
  const parsed: Digest | undefined = typeof digest === 'string' ? parseDigest(digest) : undefined;
  return parsed !== undefined && typeof size === 'number' ? { digest: parsed, size } : undefined;
}

function readFileFacts(value: unknown): HostFile | undefined {
  const { path, size, changed, place } = asFields(value);
  const isWhole =
    typeof path === 'string' && typeof size === 'number' && typeof changed === 'number' && typeof place === 'string';
  return isWhole ? { path, size, changed, place } : undefined;
}
