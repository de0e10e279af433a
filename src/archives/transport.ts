/** Places of images outside registries, as people write them: `oci:folder:name`, `docker-archive:file`. */
import { DevregError } from '../errors.ts';
import { type Digest, parseDigest } from '../oci/digest.ts';
import { formatReference, parseReference, type Reference } from '../oci/reference.ts';
import { parseTag } from '../oci/repository.ts';

/** How images are kept there. */
type TransportKind = 'oci' | 'oci-archive' | 'dir' | 'docker-archive' | 'docker-daemon' | 'containers-storage';

/** One place, and which image of it. */
export interface Transport {
  readonly kind: TransportKind;
  /** A folder or file; `-` for standard input or output of archives; empty for engines. */
  readonly path: string;
  /** A name, a tag or a digest, as this kind has them; undefined for the only image there. */
  readonly reference: string | undefined;
  /** The image of this number, counted from 0; never beside a reference. */
  readonly index: number | undefined;
}

type Place = Omit<Transport, 'kind'>;

interface PlaceReader {
  readonly kind: TransportKind;
  readonly read: (text: string) => Place;
}

/** What stands behind the scheme, by its name. */
const READERS: ReadonlyMap<string, PlaceReader> = new Map<string, PlaceReader>([
  ['oci', { kind: 'oci', read: readLayoutPlace }],
  ['oci-archive', { kind: 'oci-archive', read: readLayoutPlace }],
  ['ocidir', { kind: 'oci', read: readRegctlPlace }],
  ['dir', { kind: 'dir', read: (path) => ({ path, reference: undefined, index: undefined }) }],
  ['docker-archive', { kind: 'docker-archive', read: readDockerPlace }],
  ['docker-daemon', { kind: 'docker-daemon', read: readEnginePlace }],
  ['containers-storage', { kind: 'containers-storage', read: readEnginePlace }],
]);

/** The image names of layouts, as containers/image has them. */
const PART = '[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*';
const LAYOUT_NAME = new RegExp(`^${PART}(?:/${PART})*$`);

const DIGEST_AT_END = /^(.*)@((?:sha256|sha512):[0-9a-f]+)$/;

/** On Windows a path may begin with a drive, whose colon ends nothing. */
const DRIVE = /^[A-Za-z]:[\\/]/;

/**
 * Reads the place of an image outside registries, by the rules of containers/image; `ocidir://path:tag` is regctl's word.
 * @returns undefined for everything else: `docker://…` and bare references, which name registries
 * @throws DevregError TRANSPORT_INVALID
 */
export function parseTransport(text: string): Transport | undefined {
  const colon = text.indexOf(':');
  const reader = colon < 0 ? undefined : READERS.get(text.slice(0, colon));
  if (reader === undefined) return undefined;
  const place = reader.read(text.slice(colon + 1));
  const needsPath = reader.kind !== 'docker-daemon' && reader.kind !== 'containers-storage';
  if (needsPath && place.path === '') throw invalid(text, 'it names no file or folder');
  return { kind: reader.kind, ...place };
}

/** Writes a place as `parseTransport` reads it. */
export function formatTransport({ kind, path, reference, index }: Transport): string {
  if (kind === 'docker-daemon' || kind === 'containers-storage') return `${kind}:${reference ?? ''}`;
  const choice = index === undefined ? reference : `@${index}`;
  return choice === undefined ? `${kind}:${path}` : `${kind}:${path}:${choice}`;
}

/** `path[:name]`, `path:@index`; also `path@digest`. */
function readLayoutPlace(text: string): Place {
  const byDigest = readDigestPlace(text);
  if (byDigest !== undefined) return byDigest;
  const { path, rest } = cutPath(text);
  if (rest?.startsWith('@') === true) return { path, reference: undefined, index: readIndex(text, rest) };
  if (rest === undefined || rest === '') return { path, reference: undefined, index: undefined };
  if (!LAYOUT_NAME.test(rest)) throw invalid(text, `${JSON.stringify(rest)} cannot be the name of an image`);
  return { path, reference: rest, index: undefined };
}

/** `//path[:tag][@digest]`; a digest wins. */
function readRegctlPlace(text: string): Place {
  if (!text.startsWith('//')) throw invalid(`ocidir:${text}`, 'two slashes belong behind ocidir:');
  return readLayoutPlace(text.slice('//'.length));
}

function readDigestPlace(text: string): Place | undefined {
  const [, before, digestText = ''] = DIGEST_AT_END.exec(text) ?? [];
  if (before === undefined) return undefined;
  const digest: Digest | undefined = parseDigest(digestText);
  if (digest === undefined) throw invalid(text, `${digestText} is not a digest`);
  const { path } = cutPath(before.endsWith(':') ? before.slice(0, -1) : before);
  return { path, reference: digest, index: undefined };
}

/** `path[:reference]`, `path:@index`; the reference has a tag, or gets `latest`. */
function readDockerPlace(text: string): Place {
  const { path, rest } = cutPath(text);
  if (rest === undefined) return { path, reference: undefined, index: undefined };
  if (rest.startsWith('@')) return { path, reference: undefined, index: readIndex(text, rest) };
  const reference = parseReference(rest);
  if (reference === undefined) throw invalid(text, `${JSON.stringify(rest)} is not a reference`);
  if (reference.digest !== undefined) throw invalid(text, 'images in such an archive have no digests');
  return { path, reference: formatReference(withTag(reference)), index: undefined };
}

/** A name, which gets `latest` where it has neither tag nor digest, or an image's id. */
function readEnginePlace(text: string): Place {
  const isId = parseDigest(text) !== undefined;
  const reference = isId ? undefined : parseReference(text);
  if (!isId && reference === undefined) throw invalid(text, 'it names no image');
  if (reference?.tag !== undefined && reference.digest !== undefined) {
    throw invalid(text, 'it has both a tag and a digest');
  }
  const name = reference === undefined || reference.digest !== undefined ? text : formatReference(withTag(reference));
  return { path: '', reference: name, index: undefined };
}

function withTag(reference: Reference): Reference {
  const latest = parseTag('latest');
  return reference.tag === undefined && latest !== undefined ? { ...reference, tag: latest } : reference;
}

/** The first colon ends the path. */
function cutPath(text: string): { readonly path: string; readonly rest: string | undefined } {
  const from = process.platform === 'win32' && DRIVE.test(text) ? 'C:'.length : 0;
  const colon = text.indexOf(':', from);
  return colon < 0 ? { path: text, rest: undefined } : { path: text.slice(0, colon), rest: text.slice(colon + 1) };
}

function readIndex(text: string, rest: string): number {
  if (!/^@\d{1,9}$/.test(rest)) throw invalid(text, 'a number that counts from 0 belongs behind @');
  return Number(rest.slice(1));
}

function invalid(text: string, why: string): DevregError {
  return new DevregError('usage', 'TRANSPORT_INVALID', `${JSON.stringify(text)} is not a place of an image: ${why}.`, {
    hint: 'Write it as oci:FOLDER[:NAME], oci-archive:FILE[:NAME], dir:FOLDER, docker-archive:FILE[:NAME] or docker-daemon:NAME.',
  });
}
