/** A real file that may not grow further takes a part of a batch: the upload is as before it, and goes on. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { newFolder } from './new-folder.ts';

const SOURCE = join(import.meta.dirname, '../../../src');

const PROGRAM = `
import { openFileBlobStore } from '${SOURCE}/registry/storage/file-blob-store.ts';
import { nodeFileSystem } from '${SOURCE}/registry/storage/node-file-system.ts';
import { digestOf } from '${SOURCE}/oci/digest.ts';
const store = await openFileBlobStore({ root: process.argv[2], durability: 'full', fileSystem: nodeFileSystem });
const upload = await store.openUpload(crypto.randomUUID(), 'sha256');
const piece = Buffer.alloc(3_000, 'x');
async function* batches(count, ...pieces) { for (let left = count; left > 0; left--) yield pieces; }
const error = await upload.append(batches(100, piece, piece)).catch((reason) => reason);
await upload.append(batches(1, Buffer.alloc(7, 'x')));
const size = upload.size;
console.log(error.code, size % 6_000, size > 6_000, await upload.finish(digestOf(Buffer.alloc(size, 'x'))) === size);
await store[Symbol.asyncDispose]();
`;

it('takes a batch back of which only a part found room', async () => {
  const folder = await newFolder();
  writeFileSync(`${folder}/program.ts`, PROGRAM);
  const limited = `trap '' XFSZ; ulimit -f 64; exec "$0" "$@"`;
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    limited,
    process.execPath,
    `${folder}/program.ts`,
    `${folder}/data`,
  ]);
  expect(stdout).toBe('EFBIG 7 true true\n');
});
