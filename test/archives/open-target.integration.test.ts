/** Every place outside registries does what places of images do. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { openArchiveSource } from '../../src/archives/open-source.ts';
import { openArchiveTarget } from '../../src/archives/open-target.ts';
import { parseTransport } from '../../src/archives/transport.ts';
import { imagePlaceContract, type PlaceFacts, type PlaceUnderTest } from '../support/contracts/image-place-contract.ts';
import { createArchivePorts } from './archive-ports.ts';

const never = new AbortController().signal;

/** A place in a folder of its own. @param write with `*` for the folder */
async function openPlace(text: string): Promise<PlaceUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'devreg-places-'));
  const transport = parseTransport(text.replace('*', folder));
  if (transport === undefined) throw new Error(`${text} is no place.`);
  const ports = createArchivePorts(folder);
  return {
    openTarget: () => openArchiveTarget(transport, { overwrite: true }, ports),
    openSource: () => openArchiveSource(transport, ports, never),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

const PLACES: readonly (readonly [string, PlaceFacts])[] = [
  ['oci:*/layout:name', {}],
  ['oci:*/layout:localhost:5001/app:1', {}],
  ['ocidir://*/layout:name', {}],
  ['dir:*/folder', { keepsReferrers: false }],
  ['oci-archive:*/archive.tar:name', { isLive: false }],
  ['oci-archive:*/archive.tar', { isLive: false }],
  ['docker-archive:*/archive.tar:app:1', { isLive: false, holdsEverything: false }],
  ['docker-archive:*/archive.tar', { isLive: false, holdsEverything: false }],
];

describe.each(PLACES)('%s', (text, facts) => {
  imagePlaceContract(() => openPlace(text), facts);
});
