/** Pushes one large blob, in a process of its own: `node push-large.ts PORT REPOSITORY BYTES [AUTHORIZATION]`. */
import { createHash } from 'node:crypto';
import { createBlobMaker } from './content.ts';
import { openConnection } from './http-connection.ts';
import { pushBlob } from './pushes.ts';

const [port, repository = '', size, authorization] = process.argv.slice(2);
const PART = 64 * 1024 * 1024;
const client = { port: Number(port), authorization: authorization === '' ? undefined : authorization };
// The same memory over and over: what is pushed differs at its end alone.
const part = createBlobMaker(PART)();
const hash = createHash('sha256');
const pieces = Array.from({ length: Math.ceil(Number(size) / PART) }, () => part.pieces).flat();
for (const piece of pieces) hash.update(piece);
const blob = { digest: `sha256:${hash.digest('hex')}`, pieces, size: PART * Math.ceil(Number(size) / PART) };
using connection = await openConnection(client.port);
await pushBlob(connection, client, repository, blob, 'patch');
