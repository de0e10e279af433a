/** Rows about writing: blobs, images and tags. */
import { type Blob, createBlobMaker, makeImage } from './content.ts';
import { pushBlob, pushImage, putManifest, verifyBlob } from './pushes.ts';
import { ask } from './requests.ts';
import type { Server } from './servers.ts';
import { type Work, type Workload, newRepository, once, putSample } from './workload.ts';

const MEGABYTE = 1_000_000;
const LARGE = 64 * 1024 * 1024;

/** Pushes blobs of one kind. @param worth what each counts */
export async function pushing(
  server: Server,
  connections: number,
  operations: number | undefined,
  make: () => Blob,
  worth: number,
  manner: 'put' | 'patch',
): Promise<Work> {
  const repository = newRepository(server);
  let last = make();
  return {
    connections,
    ...(operations === undefined ? {} : { operations }),
    next: () => {
      const blob = make();
      last = blob;
      return async (connection) => {
        await pushBlob(connection, server.client, repository, blob, manner);
        return worth;
      };
    },
    verify: () => once(server, (connection) => verifyBlob(connection, server.client, repository, last)),
  };
}

/** Pushes small images, each with a tag of its own. */
export async function preparePushImage(server: Server): Promise<Work> {
  const repository = newRepository(server);
  let last = makeImage();
  return {
    connections: 8,
    next: () => {
      const image = makeImage();
      last = image;
      return async (connection) => {
        await pushImage(connection, server.client, repository, image, `t${image.digest.slice(7, 19)}`);
        return 1;
      };
    },
    verify: async () => {
      const path = `/v2/${repository}/manifests/${last.digest}`;
      const reply = await once(server, (connection) =>
        connection.send({ ...ask(server.client, 'GET', path), keepsBody: true }),
      );
      return reply.status === 200 && reply.body.equals(last.manifest);
    },
  };
}

/** Gives one manifest one tag after the other. */
export async function prepareTag(server: Server): Promise<Work> {
  const repository = newRepository(server);
  const { manifest, digest } = await putSample(server, repository);
  let count = 0;
  return {
    connections: 1,
    next: () => {
      const tag = `t${count++}`;
      return async (connection) => {
        await putManifest(connection, server.client, repository, manifest, tag);
        return 1;
      };
    },
    verify: async () => {
      const head = ask(server.client, 'HEAD', `/v2/${repository}/manifests/t${count - 1}`);
      const { headers } = await once(server, (connection) => connection.send(head));
      return headers.get('docker-content-digest') === digest;
    },
  };
}

/** A row about blobs of 64 MiB. */
export function largePush(title: string, manner: 'put' | 'patch', isQuick: boolean): Workload {
  return {
    title,
    unit: 'MB/s',
    durability: ['fast', 'full'],
    bar: { fast: 1.25, full: 1 },
    isQuick,
    prepare: async (server) => pushing(server, 2, 12, createBlobMaker(LARGE), LARGE / MEGABYTE, manner),
  };
}
