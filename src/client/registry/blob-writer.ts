/** Writing blobs: taken over from where the registry has them, else sent. */
import { Readable } from 'node:stream';
import { isDevregError } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Session } from './session.ts';
import { isSmall, readSmall, sendAtOnce } from './small-blob.ts';
import { uploadBlob } from './upload-blob.ts';
import { type OpenUpload, beginUpload, cancelUpload } from './upload-session.ts';

/** Writes blobs, and remembers where they are. */
export interface BlobWriter extends AsyncDisposable {
  /** A repository that has the blob, as far as is known. */
  placeOf(digest: Digest): string | undefined;
  note(repository: string, digest: Digest): void;
  mount(repository: string, blob: Descriptor, from: string | undefined, signal: AbortSignal): Promise<boolean>;
  send(
    repository: string,
    blob: Descriptor,
    open: (offset: number) => Promise<Readable>,
    signal: AbortSignal,
  ): Promise<void>;
}

/** As many as the layers of some thousand images. */
const PLACES_MAX = 20_000;

/** Makes a writer. */
export function createBlobWriter(session: Session): BlobWriter {
  const places = new Map<Digest, string>();
  /** What a registry began when it was asked to take something over and could not. */
  const begun = new Map<string, OpenUpload>();
  /** Whether the registry may take small blobs in one request. */
  let takesAtOnce = true;
  const note = (repository: string, digest: Digest) => {
    if (places.size < PLACES_MAX) places.set(digest, repository);
  };
  const sendSlowly = async (
    repository: string,
    blob: Descriptor,
    open: (offset: number) => Promise<Readable>,
    held: OpenUpload | undefined,
    signal: AbortSignal,
  ) => {
    const upload = held ?? (await beginUpload(session, repository, undefined, signal));
    begun.delete(`${repository}@${blob.digest}`);
    if (upload !== undefined) await uploadBlob(session, repository, blob, open, upload, signal);
  };
  const sendSmall: BlobWriter['send'] = async (repository, blob, open, signal) => {
    const bytes = await readSmall(blob, await open(0), signal);
    const answer = await sendAtOnce(session, repository, blob, bytes, signal);
    if (answer === 'stored') return;
    takesAtOnce = false;
    const reopen = async (offset: number) => Readable.from([bytes.subarray(offset)], { objectMode: false });
    await sendSlowly(repository, blob, reopen, answer, signal);
  };
  return {
    placeOf: (digest) => places.get(digest),
    note,
    async mount(repository, blob, from, signal) {
      // To have it looked for takes as long as to send it.
      if (from === undefined && takesAtOnce && isSmall(blob)) return false;
      const { digest } = blob;
      try {
        const upload = await beginUpload(session, repository, { digest, from }, signal);
        if (upload !== undefined) begun.set(`${repository}@${digest}`, upload);
        else note(repository, digest);
        return upload === undefined;
      } catch (error) {
        // Who may not read there, or asks a registry that takes nothing over, sends the bytes.
        if (isDevregError(error) && REFUSALS.has(error.code)) return false;
        throw error;
      }
    },
    async send(repository, blob, open, signal) {
      const key = `${repository}@${blob.digest}`;
      const isBegun = begun.has(key);
      if (isBegun || !takesAtOnce || !isSmall(blob)) await sendSlowly(repository, blob, open, begun.get(key), signal);
      else await sendSmall(repository, blob, open, signal);
      note(repository, blob.digest);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...begun.values()].map((upload) => cancelUpload(session, upload)));
    },
  };
}

const REFUSALS = new Set(['ACCESS_DENIED', 'CREDENTIALS_NEEDED', 'REGISTRY_REFUSED']);
