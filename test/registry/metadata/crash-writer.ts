/** A process that writes metadata until it is killed, and tells of every answer on standard output. */
import { argv } from 'node:process';
import { digestOf } from '../../../src/oci/digest.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { writeToPipe } from '../../support/write-to-pipe.ts';
import { newManifest, newUpload, tagOf } from '../../support/contracts/metadata-samples.ts';

const [, , path = '', durability, run = ''] = argv;
const metadata = await openSqliteMetadata({ path, durability: durability === 'full' ? 'full' : 'fast' });

/** One push: a session, its blob, a manifest that needs it, a tag of its own and one that moves. */
async function push(writer: number, turn: number): Promise<void> {
  const text = `${run}-${writer}-${turn}`.padEnd(1_500, '.');
  const upload = newUpload(`team/app-${writer}`);
  const blob = { repository: upload.repository, digest: digestOf(`blob ${text}`), size: turn };
  await metadata.beginUpload(upload);
  await metadata.endUpload(upload.id, blob);
  writeToPipe(`blob ${upload.repository} ${blob.digest}\n`);
  const references = [{ digest: blob.digest, kind: 'blob', optional: false } as const];
  const tag = `run-${run}-${turn}`;
  const manifest = newManifest(upload.repository, { text, tags: [tag, 'latest'], facts: { references } });
  const missing = await metadata.putManifest(manifest);
  writeToPipe(`${missing.length === 0 ? 'manifest' : 'missing'} ${upload.repository} ${tag} ${manifest.digest}\n`);
  if (turn % 5 !== 0) return;
  await metadata.removeTag(upload.repository, tagOf(tag));
  writeToPipe(`untagged ${upload.repository} ${tag} ${manifest.digest}\n`);
}

await Promise.all(
  Array.from({ length: 8 }, async (_, writer) => {
    for (let turn = 1; ; turn++) await push(writer, turn);
  }),
);
