/** Uploads that are open in this process: one writer at a time, their running hashes kept between requests. */
import type { BlobStore, BlobUpload, StoredUpload, UploadId } from './ports.ts';
import { RegistryError } from './registry-error.ts';

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
   * Afterwards the upload stays open for the next request, unless the store failed: then the next one opens it anew.
   * @returns what the work returns, or `over` when the session ended before its turn came
   */
  use<T>(session: StoredUpload, work: (upload: BlobUpload, signal: AbortSignal) => Promise<T>): Promise<T | 'over'>;
  /** Whether an upload was used in the last minutes. */
  isOpen(id: UploadId): boolean;
  /** Forgets an upload that is over. */
  forget(id: UploadId): void;
}

interface Entry {
  readonly upload: Promise<BlobUpload>;
  holder: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  readonly idle: NodeJS.Timeout;
}

/**
 * Makes the collection.
 * @param isLive whether a session has not ended
 */
export function createOpenUploads(store: BlobStore, isLive: (id: UploadId) => Promise<boolean>): OpenUploads {
  const entries = new Map<UploadId, Entry>();
  /** Uploads that are being closed; they cannot be opened before that is done. */
  const closing = new Map<UploadId, Promise<void>>();

  const forget = (id: UploadId) => {
    clearTimeout(entries.get(id)?.idle);
    entries.delete(id);
  };
  /** An upload that cannot be closed well is not lost: what is on disk is looked at when it is opened again. */
  const close = (id: UploadId, entry: Entry) => {
    forget(id);
    const closed = entry.upload
      .then((upload) => upload.release())
      .catch(() => undefined)
      .then(() => void (closing.get(id) === closed && closing.delete(id)));
    closing.set(id, closed);
    return closed;
  };
  const enter = (session: StoredUpload): Entry => {
    const known = entries.get(session.id);
    const entry = known ?? open(session);
    // The order of the map is the order of use.
    entries.delete(session.id);
    entries.set(session.id, entry);
    if (known === undefined) closeLongestIdle(session.id);
    entry.idle.refresh();
    return entry;
  };
  const open = ({ id, algorithm }: StoredUpload): Entry => {
    const closed = closing.get(id) ?? Promise.resolve();
    const upload = closed.then(() => store.openUpload(id, algorithm));
    const entry: Entry = {
      upload,
      holder: undefined,
      idle: setTimeout(() => closeIfIdle(id, entry), IDLE_CLOSE_MS).unref(),
    };
    upload.catch(() => entries.get(id) === entry && forget(id));
    return entry;
  };
  const closeIfIdle = (id: UploadId, entry: Entry) => {
    if (entry.holder === undefined) void close(id, entry);
    else entry.idle.refresh();
  };
  const closeLongestIdle = (newest: UploadId) => {
    if (entries.size <= OPEN_MAX) return;
    const idle = entries.entries().find(([id, { holder }]) => holder === undefined && id !== newest);
    if (idle !== undefined) void close(...idle);
  };
  /** Nothing is awaited between finding an entry free and holding it. */
  const hold = async (session: StoredUpload, stop: AbortController, done: Promise<void>): Promise<Entry> => {
    let entry = enter(session);
    while (entry.holder !== undefined) {
      entry.holder.stop.abort();
      await entry.holder.done;
      entry = enter(session);
    }
    entry.holder = { stop, done };
    return entry;
  };

  const use: OpenUploads['use'] = async (session, work) => {
    const stop = new AbortController();
    const done = Promise.withResolvers<void>();
    const entry = await hold(session, stop, done.promise);
    try {
      const upload = await entry.upload;
      if (await isLive(session.id)) return await work(upload, stop.signal);
      forget(session.id);
      await upload.discard();
      return 'over';
    } catch (error) {
      if (!(error instanceof RegistryError)) await close(session.id, entry);
      throw error;
    } finally {
      entry.holder = undefined;
      entry.idle.refresh();
      done.resolve();
    }
  };

  return {
    size: async (session) => (await enter(session).upload).size,
    use,
    isOpen: (id) => entries.has(id),
    forget,
    async [Symbol.asyncDispose]() {
      for (const { holder } of entries.values()) {
        holder?.stop.abort();
        await holder?.done;
      }
      await Promise.all([...entries].map(([id, entry]) => close(id, entry)));
    },
  };
}
