/** Every row of the table. */
import { makeBlob } from './content.ts';
import { preparePushImage, prepareTag, pushing, largePush } from './pushing-rows.ts';
import { largePull, putTags, reading } from './reading-rows.ts';
import { type Workload, putSample } from './workload.ts';

const RANGE = 8 * 1024 * 1024;

/** Every row, in the order of the table. */
export const WORKLOADS: readonly Workload[] = [
  reading('HEAD manifest by tag c16', 5.7, 16, async (server, repository) => {
    await putSample(server, repository);
    return { method: 'HEAD', path: `/v2/${repository}/manifests/latest` };
  }),
  reading('GET manifest by digest c16', 4.3, 16, async (server, repository) => {
    const { digest } = await putSample(server, repository);
    return { method: 'GET', path: `/v2/${repository}/manifests/${digest}` };
  }),
  reading('HEAD blob c16', 2, 16, async (server, repository) => {
    const { blobs } = await putSample(server, repository);
    return { method: 'HEAD', path: `/v2/${repository}/blobs/${blobs[1]?.digest}` };
  }),
  reading('HEAD manifest, 1,000 tags c16', 3, 16, async (server, repository) => {
    await putTags(server, repository, await putSample(server, repository), 1_000);
    return { method: 'HEAD', path: `/v2/${repository}/manifests/v500` };
  }),
  {
    title: 'push 1 KiB blob POST+PUT c8',
    unit: 'blobs/s',
    durability: ['fast', 'full'],
    bar: { fast: 3.8, full: 1.5 },
    isQuick: true,
    prepare: async (server) => pushing(server, 8, undefined, () => makeBlob(1_024), 1, 'put'),
  },
  {
    title: 'push small image c8',
    unit: 'images/s',
    durability: ['fast', 'full'],
    bar: { fast: 4, full: 2 },
    isQuick: true,
    prepare: preparePushImage,
  },
  {
    title: 'tag one manifest again and again c1',
    unit: 'tags/s',
    durability: ['full'],
    bar: { full: 3 },
    isQuick: true,
    prepare: prepareTag,
  },
  largePush('push 64 MiB POST+PATCH+PUT c2', 'patch', true),
  largePush('push 64 MiB POST+PUT c2', 'put', false),
  largePull('pull 64 MiB c2', 2),
  largePull('pull 64 MiB c16', 16),
  largePull('pull 8 MiB ranges c8', 8, RANGE),
  reading(
    'tags/list of 1,000 c4',
    10,
    4,
    async (server, repository) => {
      await putTags(server, repository, await putSample(server, repository), 1_000);
      return { method: 'GET', path: `/v2/${repository}/tags/list` };
    },
    false,
  ),
  reading(
    'tags/list?n=100 of 1,000 c4',
    6,
    4,
    async (server, repository) => {
      await putTags(server, repository, await putSample(server, repository), 1_000);
      return { method: 'GET', path: `/v2/${repository}/tags/list?n=100` };
    },
    false,
  ),
];
