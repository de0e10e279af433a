/** Uploads that are open in this process: one writer at a time, their running hashes kept between requests. */
import type { BlobStore, BlobUpload, StoredUpload, UploadId } from './ports.ts';

/** An upload nobody writes to is closed after this time; going on with it later costs hashing its bytes once more. */
const IDLE_CLOSE_MS = 5 * 60_000;

/** More than this many open at once cost file descriptors that downloads need; the longest idle one is closed. */
const OPEN_MAX = 256;

/** The uploads open in this process. */
export interface OpenUploads extends AsyncDisposable {
  /** Bytes received so far. */
  size(session: StoredUpload): Promise<number>;
  /**
   * Works on an upload, alone. Whoever works on it already is told to stop by its signal and waited for.
   * After work that fails or returns, the upload stays open for the next request.
   */
  use<T>(session: StoredUpload, work: (upload: BlobUpload, signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Forgets an upload that is over; `discard` removes its bytes as well. */
  forget(id: UploadId): void;
  discard(session: StoredUpload): Promise<void>;
}

interface Entry {
  readonly upload: Promise<BlobUpload>;
  holder: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  readonly idle: NodeJS.Timeout;
}

/** Makes the collection. */
export function createOpenUploads(store: BlobStore): OpenUploads {
  const entries = new Map<UploadId, Entry>();

  const forget = (id: UploadId) => {
    clearTimeout(entries.get(id)?.idle);
    entries.delete(id);
  };
  const release = async (id: UploadId, entry: Entry) => {
    forget(id);
    await (await entry.upload).release();
  };
  const enter = (session: StoredUpload): Entry => {
    const known = entries.get(session.id);
    const entry = known ?? open(session);
    // The order of the map is the order of use.
    entries.delete(session.id);
    entries.set(session.id, entry);
    if (known === undefined) closeLongestIdle();
    entry.idle.refresh();
    return entry;
  };
  const open = (session: StoredUpload): Entry => {
    const upload = store.openUpload(session.id, session.algorithm);
    const idle = setTimeout(() => {
      const entry = entries.get(session.id);
      if (entry !== undefined && entry.holder === undefined) void release(session.id, entry);
      else idle.refresh();
    }, IDLE_CLOSE_MS).unref();
    upload.catch(() => forget(session.id));
    return { upload, holder: undefined, idle };
  };
  const closeLongestIdle = () => {
    if (entries.size <= OPEN_MAX) return;
    for (const [id, entry] of entries) {
      if (entry.holder === undefined && id !== [...entries.keys()].at(-1)) {
        void release(id, entry);
        return;
      }
    }
  };

  const use: OpenUploads['use'] = async (session, work) => {
    const entry = enter(session);
    while (entry.holder !== undefined) {
      entry.holder.stop.abort();
      await entry.holder.done;
    }
    const stop = new AbortController();
    const done = Promise.withResolvers<void>();
    entry.holder = { stop, done: done.promise };
    try {
      return await work(await entry.upload, stop.signal);
    } finally {
      entry.holder = undefined;
      entry.idle.refresh();
      done.resolve();
    }
  };

  return {
    size: async (session) => (await enter(session).upload).size,
    use,
    forget,
    async discard(session) {
      await use(session, async (upload) => {
        forget(session.id);
        await upload.discard();
      });
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...entries].map(([id, entry]) => release(id, entry)));
    },
  };
}
