/** Rows about reading: manifests, blobs and lists. */
import { createBlobMaker } from './content.ts';
import type { Image } from './content.ts';
import { pushBlob, putManifest, verifyBlob, verifyReply } from './pushes.ts';
import { ask } from './requests.ts';
import type { Server } from './servers.ts';
import { type Workload, newRepository, once } from './workload.ts';

const MEGABYTE = 1_000_000;
const LARGE = 64 * 1024 * 1024;

/** What is asked. */
export interface Question {
  readonly method: 'GET' | 'HEAD';
  readonly path: string;
}

/** A row about one request, again and again. */
export function reading(
  title: string,
  bar: number,
  connections: number,
  prepare: (server: Server, repository: string) => Promise<Question>,
  isQuick = true,
): Workload {
  return {
    title,
    unit: 'req/s',
    durability: ['fast'],
    bar: { fast: bar },
    isQuick,
    prepare: async (server) => {
      const { method, path } = await prepare(server, newRepository(server));
      const request = ask(server.client, method, path);
      const first = await once(server, (connection) => connection.send({ ...request, keepsBody: true }));
      return {
        connections,
        next: () => async (connection) => {
          const { status, bodyLength } = await connection.send(request);
          if (status !== 200 || bodyLength !== first.bodyLength) throw new Error(`${path} answered ${status}.`);
          return 1;
        },
        verify: async () => first.status === 200 && (await verifyReply(server, method, path, first)),
      };
    },
  };
}

/** Gives a manifest many tags. */
export async function putTags(server: Server, repository: string, { manifest }: Image, count: number): Promise<void> {
  await once(server, async (connection) => {
    for (let index = 0; index < count; index++)
      await putManifest(connection, server.client, repository, manifest, `v${index}`);
  });
}

/** A row about blobs of 64 MiB, whole or in ranges. @param range bytes of each range */
export function largePull(title: string, connections: number, range?: number): Workload {
  return {
    title,
    unit: 'MB/s',
    durability: ['fast'],
    bar: { fast: 1.15 },
    prepare: async (server) => {
      const repository = newRepository(server);
      const blob = createBlobMaker(LARGE)();
      await once(server, (connection) => pushBlob(connection, server.client, repository, blob, 'put'));
      const path = `/v2/${repository}/blobs/${blob.digest}`;
      const length = range ?? LARGE;
      let at = 0;
      return {
        connections,
        next: () => {
          const start = at;
          at = (at + length) % LARGE;
          const headers = range === undefined ? [] : [`Range: bytes=${start}-${start + length - 1}`];
          const request = ask(server.client, 'GET', path, headers);
          return async (connection) => {
            const { status, bodyLength } = await connection.send(request);
            if (status !== (range === undefined ? 200 : 206) || bodyLength !== length)
              throw new Error(`${path} answered ${status} with ${bodyLength} bytes.`);
            return length / MEGABYTE;
          };
        },
        verify: () => once(server, (connection) => verifyBlob(connection, server.client, repository, blob)),
      };
    },
  };
}
