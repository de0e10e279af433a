/** Looks at everything a registry holds, and at everything it might hold but must not. */
import { getBlob, getRange, headBlob } from './calls/blob-calls.ts';
import type { Call } from './calls/call.ts';
import { listReferrers, listRepositories, listTags } from './calls/list-calls.ts';
import { getManifest } from './calls/manifest-calls.ts';
import { askUpload } from './calls/upload-calls.ts';
import type { Performer } from './client/client.ts';
import { type Upload, learnOffset } from './client/upload.ts';
import type { BlobContent } from './contents/blob-content.ts';
import type { Contents } from './contents/contents.ts';
import { holdsBlob } from './model/rules.ts';
import type { Worlds } from './model/worlds.ts';
import type { Random } from './seeded-random.ts';

/** A blob is one file for all repositories, so those from this size on are read in one of them and only asked for in others. */
const LARGE = 50_000;

/** Requests at a time. */
const LANES = 6;

/** How often it is looked for what cannot be there, unless the look is a thorough one. */
const LOOKS_FOR_ABSENT = 0.1;

/**
 * Compares all that is there with what is possible.
 * @param isThorough looks for everything that is not there as well; else for some of it
 */
export async function lookAtEverything(
  performer: Performer,
  worlds: Worlds,
  contents: Contents,
  random: Random,
  isThorough: boolean,
): Promise<void> {
  const calls = [
    ...listCalls(contents, random),
    ...contents.repositories.flatMap((name) => repositoryCalls(name, contents, random)),
    ...contents.blobs.flatMap((blob) => blobCalls(blob, contents, worlds, random)),
  ];
  const chosen = calls.filter((call) => isThorough || mayBeThere(call, worlds) || random.chance(LOOKS_FOR_ABSENT));
  const waiting = chosen.values();
  await Promise.all(Array.from({ length: LANES }, () => performAll(performer, waiting)));
}

function mayBeThere(call: Call, worlds: Worlds): boolean {
  return worlds.states.some((state) => call.outcomes(state).some(({ answer }) => !answer.startsWith('404')));
}

async function performAll(performer: Performer, waiting: Iterator<Call> & Iterable<Call>): Promise<void> {
  for (const call of waiting) await performer.perform(call);
}

function listCalls({ repositories, tags }: Contents, random: Random): Call[] {
  const page = { n: random.below(4), last: random.pick([undefined, ...repositories]) };
  const tagPages = repositories.map((name) =>
    listTags(name, { n: random.below(4), last: random.pick([undefined, ...tags]) }),
  );
  return [listRepositories(), listRepositories(page), ...tagPages];
}

function repositoryCalls(name: string, { blobs, manifests, tags, subjects }: Contents, random: Random): Call[] {
  const ranged = random.pick(blobs);
  const middle = Math.floor(ranged.bytes.length / 2);
  return [
    listTags(name),
    ...tags.map((tag) => getManifest(name, tag)),
    ...manifests.flatMap(({ digests }) => digests.map((digest) => getManifest(name, digest))),
    ...(ranged.bytes.length === 0
      ? []
      : [getRange(name, ranged.digests[0], ranged, middle, middle + 1 + random.below(ranged.bytes.length))]),
    ...subjects.map((subject) => listReferrers(name, subject)),
    listReferrers(name, random.pick(subjects), random.pick(manifests).artifactType),
  ];
}

function blobCalls(blob: BlobContent, { repositories }: Contents, worlds: Worlds, random: Random): Call[] {
  return blob.digests.flatMap((digest) => {
    const sure = repositories.filter((name) => worlds.states.every((state) => holdsBlob(state, name, digest)));
    const reader = random.pick(sure.length === 0 ? repositories : sure);
    return repositories.map((name) =>
      name === reader || blob.bytes.length < LARGE ? getBlob(name, digest) : headBlob(name, digest, blob),
    );
  });
}

/** Asks how far uploads are. @returns those that are still there */
export async function lookAtUploads(performer: Performer, uploads: readonly Upload[]): Promise<Upload[]> {
  const left: Upload[] = [];
  for (const upload of uploads) {
    upload.isContended = false;
    const { text, answer } = await performer.perform(askUpload(upload));
    if (text !== '204') continue;
    learnOffset(upload, answer.headers.range);
    left.push(upload);
  }
  return left;
}
