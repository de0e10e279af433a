/** Gives up uploads that nobody goes on with, and bytes of uploads that nobody knows of. */
import type { StoredUpload, UploadId } from '../core/ports.ts';
import type { Sweep } from './sweep.ts';

/** Sessions looked at in one go. */
const PAGE = 100;

/** An upload is idle when it was begun, and its last byte came, long ago; one that has no bytes was only begun. */
export async function sweepUploads(sweep: Sweep): Promise<void> {
  const bytes = await lookAtBytes(sweep);
  let after: UploadId | undefined;
  do {
    const sessions = await sweep.metadata.listUploads({ after, limit: PAGE });
    for (const session of sessions) await giveUpIfIdle(sweep, session, bytes.get(session.id));
    after = sessions.length < PAGE ? undefined : sessions.at(-1)?.id;
    await sweep.pace.rest();
  } while (after !== undefined);
}

interface UploadBytes {
  readonly size: number;
  readonly changedAt: Date;
}

/** @returns what there is of each upload that has a session; of others, old bytes are removed */
async function lookAtBytes(sweep: Sweep): Promise<Map<UploadId, UploadBytes>> {
  const found = new Map<UploadId, UploadBytes>();
  for await (const { id, size, changedAt } of sweep.store.listUploads()) {
    const isKnown = (await sweep.metadata.findUpload(id)) !== undefined;
    if (isKnown) found.set(id, { size, changedAt });
    else if (changedAt < sweep.uploadsIdleSince) await removeBytes(sweep, id, size);
    await sweep.pace.rest();
  }
  return found;
}

async function giveUpIfIdle(sweep: Sweep, session: StoredUpload, bytes: UploadBytes | undefined): Promise<void> {
  const since = sweep.uploadsIdleSince;
  if (session.startedAt >= since || (bytes !== undefined && bytes.changedAt >= since)) return;
  await tallyIfDone(sweep, session.id, bytes?.size ?? 0, () => sweep.uploads.expire(session));
}

/** A blob that is pushed in one request has no session. */
function removeBytes(sweep: Sweep, id: UploadId, size: number): Promise<void> {
  return tallyIfDone(sweep, id, size, async () => {
    await sweep.store.removeUpload(id);
    return true;
  });
}

async function tallyIfDone(
  { request, tally, onFailure }: Sweep,
  id: UploadId,
  size: number,
  work: () => Promise<boolean>,
): Promise<void> {
  try {
    if (!request.isDryRun && !(await work())) return;
    tally.uploads += 1;
    tally.bytes += size;
  } catch (error) {
    if (isInUse(error)) return;
    tally.failures += 1;
    onFailure(id, error);
  }
}

/** The store's word for an upload that somebody has open: it is not idle, whatever the clock says. */
function isInUse(error: unknown): boolean {
  return error instanceof Error && 'reason' in error && error.reason === 'upload-in-use';
}
