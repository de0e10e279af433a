/** Many clients at once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lastDigest } from '../support/clients.ts';
import { buildImage, exportLayout } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { serveRegistry } from '../support/registry-process.ts';

const MB = 1024 * 1024;
const HOST = 'localhost:5001';
const CROWD = 16;
const WAIT = { timeout: 300_000 };

let machine: Machine;
let own: string[];
let shared: string;

beforeAll(async () => {
  machine = await openMachine({ tools: ['buildah', 'crane', 'curl', 'podman', 'regctl', 'skopeo'] });
  machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5001'], flags: ['--tls off'] }));
  await machine.sh(`regctl registry set ${HOST} --tls disabled`);
  await buildImage(machine, 'shared:1', { layers: [30 * MB, 2 * MB, 500] });
  shared = await exportLayout(machine, 'shared:1', 'shared');
  own = [];
  for (let each = 0; each < CROWD; each++) {
    await buildImage(machine, `own-${each}:1`, { layers: [4 * MB, 900] });
    own.push(await exportLayout(machine, `own-${each}:1`, `own-${each}`));
  }
});

afterAll(() => machine?.[Symbol.asyncDispose]());

/** A third with each client. */
function push(index: number, layout: string, reference: string): string {
  const lines = [
    `skopeo copy -q --dest-tls-verify=false oci:${layout} docker://${reference}`,
    `crane push ${layout.split(':')[0]} ${reference}`,
    `regctl image copy ocidir://${layout} ${reference}`,
  ];
  return lines[index % lines.length] ?? '';
}

const everybody = <T>(work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: CROWD }, (_, index) => work(index)));
const localDigest = async (layout: string) =>
  lastDigest((await machine.sh(`regctl image digest ocidir://${layout}`)).stdout);
const remoteDigest = async (reference: string) => lastDigest((await machine.sh(`crane digest ${reference}`)).stdout);

it('16 push images of their own at once, and 16 pull them', async () => {
  await everybody((index) => machine.sh(push(index, own[index] ?? '', `${HOST}/crowd/own-${index}:1`), WAIT));
  await everybody((index) => machine.sh(`crane validate --remote ${HOST}/crowd/own-${index}:1`, WAIT));
  for (const [index, layout] of own.entries())
    expect(await remoteDigest(`${HOST}/crowd/own-${index}:1`)).toBe(await localDigest(layout));
});

it('16 push the same image to one repository at once, and it is whole', async () => {
  await everybody((index) => machine.sh(push(index, shared, `${HOST}/crowd/same:tag-${index}`), WAIT));
  const digest = await localDigest(shared);
  const found = await everybody((index) => remoteDigest(`${HOST}/crowd/same:tag-${index}`));
  expect(new Set(found)).toEqual(new Set([digest]));
  await everybody(() => machine.sh(`crane validate --remote ${HOST}/crowd/same:tag-0`, WAIT));
});

it('16 push different images as one tag, and it is one of them', async () => {
  await everybody((index) => machine.sh(push(index, own[index] ?? '', `${HOST}/crowd/race:1`), WAIT));
  const digests = await Promise.all(own.map(localDigest));
  expect(digests).toContain(await remoteDigest(`${HOST}/crowd/race:1`));
  await machine.sh(`crane validate --remote ${HOST}/crowd/race:1`, WAIT);
});
