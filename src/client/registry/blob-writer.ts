/** Writing blobs: taken over from where the registry has them, else sent. */
import type { Readable } from 'node:stream';
import { isDevregError } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Session } from './session.ts';
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
  const note = (repository: string, digest: Digest) => {
    if (places.size < PLACES_MAX) places.set(digest, repository);
  };
  return {
    placeOf: (digest) => places.get(digest),
    note,
    async mount(repository, { digest }, from, signal) {
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
      const upload = begun.get(key) ?? (await beginUpload(session, repository, undefined, signal));
      begun.delete(key);
      if (upload !== undefined) await uploadBlob(session, repository, blob, open, upload, signal);
      note(repository, blob.digest);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...begun.values()].map((upload) => cancelUpload(session, upload)));
    },
  };
}

const REFUSALS = new Set(['ACCESS_DENIED', 'CREDENTIALS_NEEDED', 'REGISTRY_REFUSED']);
