/** One of the clients that use a registry at the same time. */
import { algorithmOf, type Digest } from '../../../src/oci/digest.ts';
import { type Call } from '../calls/call.ts';
import { beginUpload } from '../calls/upload-calls.ts';
import type { BlobContent } from '../contents/blob-content.ts';
import type { Contents } from '../contents/contents.ts';
import type { Random } from '../seeded-random.ts';
import type { Answer, HttpClient } from './http-client.ts';
import type { Upload } from './upload.ts';

/** What a call came to. */
export interface Performed {
  /** As the call reads it. */
  readonly text: string;
  readonly answer: Answer;
}

/** The registry refused, as it may; a client cannot go on with what it was doing. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** Performs calls and compares their answers with what is possible. */
export interface Performer {
  /** @throws UnansweredError, ContradictionError, RefusedError */
  perform(call: Call): Promise<Performed>;
}

/** A client in one life of the registry. */
export interface Client extends Performer {
  readonly random: Random;
  readonly contents: Contents;
  readonly http: HttpClient;
  /** Those it has begun and not ended; they outlive the registry's process. */
  readonly uploads: Upload[];
  /** Whether the registry may refuse to write. */
  readonly mayBeRefused: boolean;
  /** Asks without waiting for the answer. */
  performAndHangUp(call: Call): Promise<void>;
  /** Says that a call without an answer cannot take effect any more. */
  abandon(call: Call): void;
  /** Says in the history what else is done. */
  note(text: string): void;
  /** @returns a name for a new upload */
  nameSession(): string;
}

/** Begins an upload. */
export async function begin(client: Client, repository: string, content: BlobContent, digest: Digest): Promise<Upload> {
  const algorithm = algorithmOf(digest);
  const isAnnounced = algorithm === 'sha512' ? client.random.chance(0.5) : client.random.chance(0.1);
  const session = client.nameSession();
  const { answer } = await client.perform(beginUpload(repository, session, isAnnounced ? algorithm : undefined));
  return remember(client, { session, repository, content, digest, location: String(answer.headers.location) });
}

/** Takes up an upload that the server has begun. */
export function remember(
  client: Client,
  begun: Pick<Upload, 'session' | 'repository' | 'content' | 'digest' | 'location'>,
): Upload {
  const upload = { ...begun, low: 0, high: 0, mayBeEmpty: false, isContended: false };
  client.uploads.push(upload);
  return upload;
}

/** Forgets an upload that is over. */
export function forget(client: Client, upload: Upload): void {
  const index = client.uploads.indexOf(upload);
  if (index >= 0) client.uploads.splice(index, 1);
}
