/** `devreg images …` while it goes on: what a terminal shows of it, and what is left when it is called off. */
import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildProgram } from '../support/build.ts';
import { digestOf } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';

const MB = 1024 * 1024;
const SLOW = 'localhost:5101';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const config = Buffer.from('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}');
const layer = Buffer.alloc(6 * MB, 'a');
const manifest = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(layer), size: layer.length }],
  }),
);

let machine: Machine;
/** Settles when a part of the layer was sent. */
let underWay = Promise.withResolvers<void>();

beforeAll(async () => {
  machine = await openMachine({ tools: ['curl', 'script'], names: ['registry.localtest.me'] });
  await machine.sh('mkdir -p $HOME/bin');
  await symlink(join(dirname(await buildProgram()), 'devreg.js'), join(machine.home, 'bin/devreg'));
  await machine.sh('$HOME/bin/devreg create --provider process');
  await serveSlowly();
});

afterAll(() => machine?.[Symbol.asyncDispose]());

/** A registry with one image, which sends two megabytes of its layer a second. */
async function serveSlowly(): Promise<void> {
  await machine.write(
    join(machine.folder, 'slow.mjs'),
    `import { createServer } from 'node:http';
     import { setTimeout } from 'node:timers/promises';
     const bodies = { config: Buffer.from('${config.toString('base64')}', 'base64'), manifest: Buffer.from('${manifest.toString('base64')}', 'base64') };
     const layer = Buffer.alloc(${layer.length}, 'a');
     createServer(async ({ method, url }, response) => {
       if (/referrers|tags/.test(url)) return void response.writeHead(404).end();
       const isManifest = url.includes('/manifests/');
       const isLayer = url.endsWith('${digestOf(layer)}');
       const body = isManifest ? bodies.manifest : isLayer ? layer : url.includes('/blobs/') ? bodies.config : Buffer.from('{}');
       const type = isManifest ? '${MANIFEST}' : 'application/octet-stream';
       response.writeHead(200, { 'content-type': type, 'content-length': body.length });
       if (method === 'HEAD') return void response.end();
       if (!isLayer) return void response.end(body);
       for (let at = 0; at < body.length && !response.destroyed; at += ${MB / 4}) {
         response.write(body.subarray(at, at + ${MB / 4}));
         if (at === ${MB}) process.stdout.write('under way\\n');
         await setTimeout(125);
       }
       response.end();
     }).listen(5101, '127.0.0.1');`,
  );
  const running = machine.start('node slow.mjs', {}, () => underWay.resolve());
  machine.guests.defer(async () => {
    running.kill();
    await running.finished;
  });
  await machine.sh(`until curl -fsS http://${SLOW}/v2/ > /dev/null; do sleep 0.1; done`);
}

it('shows at a terminal how much there is, how fast it comes and how long it takes', async () => {
  const line = `devreg images copy ${SLOW}/slow/app:1 oci:shown:1`;
  const { stdout } = await machine.sh(`export PATH=$HOME/bin:$PATH; script -qec "stty cols 200; ${line}" /dev/null`);
  expect(stdout).toMatch(/\d(?:\.\d)? MB of 6\.3 MB, \d(?:\.\d)? MB\/s, \d+ s left/);
  expect(stdout).toContain(
    `Copied docker://${SLOW}/slow/app:1 to oci:shown:1: ${digestOf(manifest)} (2 blobs, 6.3 MB).`,
  );
});

it('tells programs of it, one object a line', async () => {
  const { stderr, stdout } = await machine.sh(
    `$HOME/bin/devreg --progress json images copy -o json ${SLOW}/slow/app:1 dir:told`,
  );
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly text?: string });
  expect(JSON.stringify(events)).toMatch(/MB of 6\.3 MB/);
  expect(JSON.parse(stdout)).toMatchObject([{ outcome: 'copied', bytes: config.length + layer.length }]);
});

it.each([
  ['a layout', 'copy', 'oci:off:1'],
  ['a folder', 'copy', 'dir:off'],
  ['an archive', 'copy', 'oci-archive:off:1'],
  ['an archive for Docker', 'copy', 'docker-archive:off:app:1'],
  ['an export', 'export', '-o off'],
  ['a registry', 'copy', '@off:1'],
])('S0-30: ^C ends it with 130 and leaves nothing that looks whole: %s', async (_what, verb, place) => {
  await machine.sh('rm -rf off');
  underWay = Promise.withResolvers();
  const client = machine.start(`${machine.home}/bin/devreg images ${verb} ${SLOW}/slow/app:1 ${place}`);
  await underWay.promise;
  client.kill('SIGINT');
  expect((await client.finished).exitCode).toBe(130);
  expect((await machine.sh('find . /var/tmp -name "*.partial*"')).stdout).toBe('');
  await machine.fails(`$HOME/bin/devreg images digest ${place.replace('-o ', 'oci-archive:')}`);
});
