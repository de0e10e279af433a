/** Reads archives as a second opinion on what is written: entries by the letter of POSIX, digests checked. */
import type { Readable } from 'node:stream';
import { expect } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';

/** An entry of an archive. */
export interface TarEntry {
  readonly mode: number;
  readonly isFolder: boolean;
  readonly bytes: Buffer;
}

/** Everything a stream gives. */
export async function collect(stream: Readable | AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** The entries of an archive, in its order; checks what must be the same wherever it was made. */
export function readTar(archive: Buffer): Map<string, TarEntry> {
  const entries = new Map<string, TarEntry>();
  let at = 0;
  while (archive[at] !== 0) {
    const header = archive.subarray(at, at + 512);
    const text = (from: number, length: number) => header.toString('utf8', from, from + length).replace(/\0.*$/s, '');
    const number = (from: number, length: number) => Number.parseInt(text(from, length), 8);
    const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
    expect(number(148, 8)).toBe(sum);
    expect(text(257, 6)).toBe('ustar');
    expect([number(108, 8), number(116, 8), number(136, 12)]).toEqual([0, 0, 0]);
    const size = number(124, 12);
    const prefix = text(345, 155);
    entries.set(prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`, {
      mode: number(100, 8),
      isFolder: text(156, 1) === '5',
      bytes: archive.subarray(at + 512, at + 512 + size),
    });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  expect(archive.length).toBe(at + 1024);
  return entries;
}

/** A descriptor, as far as tests look at it. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image of an archive. */
export interface ReadImage {
  readonly config: {
    readonly config: Readonly<Record<string, unknown>>;
    readonly rootfs: { readonly diff_ids: readonly string[] };
    readonly architecture: string;
  };
  readonly index: { readonly manifests: readonly Descriptor[] };
  readonly manifest: { readonly config: Descriptor; readonly layers: readonly Descriptor[] };
  readonly docker: readonly {
    readonly Config: string;
    readonly RepoTags: readonly string[];
    readonly Layers: string[];
  }[];
  /** Bytes of the layers as they are in the archive. */
  readonly layers: readonly Buffer[];
}

/** Reads the archive of an image and checks every digest and size in it. */
export function readImage(archive: Buffer): ReadImage {
  const entries = readTar(archive);
  const bytesOf = (name: string) => entries.get(name)?.bytes ?? expect.unreachable(`${name} is missing`);
  const json = (name: string) => JSON.parse(bytesOf(name).toString());
  const blobOf = ({ digest, size }: Descriptor) => {
    const bytes = bytesOf(`blobs/${digest.replace(':', '/')}`);
    expect([digestOf(bytes), bytes.length]).toEqual([digest, size]);
    return bytes;
  };
  expect(json('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
  const index: ReadImage['index'] = json('index.json');
  const [descriptor] = index.manifests;
  const manifest = JSON.parse(blobOf(descriptor ?? expect.unreachable('no manifest')).toString());
  const layers = manifest.layers.map(blobOf);
  const config = JSON.parse(blobOf(manifest.config).toString());
  return { config, index, manifest, layers, docker: json('manifest.json') };
}
