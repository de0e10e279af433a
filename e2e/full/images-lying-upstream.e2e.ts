/** `devreg images copy` from a registry that lies: it is refused, and leaves nothing behind. */
import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildProgram } from '../support/build.ts';
import { digestOf } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const config = Buffer.from('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}');
const layer = Buffer.alloc(200_000, 'a');
const manifest = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(layer), size: layer.length }],
  }),
);

/** What is sent in place of the layer or the manifest. */
interface Lie {
  readonly layer?: Buffer;
  readonly manifest?: Buffer;
  /** Where the layer is said to be. */
  readonly redirect?: string;
}

/** How it lies. */
const LIES: readonly (readonly [name: string, port: number, lie: Lie])[] = [
  ['wrong bytes', 5101, { layer: Buffer.alloc(layer.length, 'b') }],
  ['too few bytes', 5102, { layer: layer.subarray(1) }],
  ['too many bytes', 5103, { layer: Buffer.concat([layer, layer]) }],
  ['another manifest than its digest says', 5104, { manifest: Buffer.concat([manifest, Buffer.from(' ')]) }],
  ['an endless redirect', 5105, { redirect: '/v2/liar/blobs/further' }],
  ['a redirect to a file', 5106, { redirect: 'file:///etc/passwd' }],
];

let machine: Machine;

beforeAll(async () => {
  machine = await openMachine({ tools: ['curl'], names: ['registry.localtest.me'] });
  await machine.sh('mkdir -p $HOME/bin');
  await symlink(join(dirname(await buildProgram()), 'devreg.js'), join(machine.home, 'bin/devreg'));
  await machine.sh('$HOME/bin/devreg create --provider process');
});

afterAll(() => machine?.[Symbol.asyncDispose]());

it.each(LIES)('S3-24b: %s', async (_, port, lie) => {
  await serve(port, lie);
  const copy = `$HOME/bin/devreg images copy --retry-times 1 ${nameAt(port)}`;
  const { output, exitCode } = await machine.fails(`${copy} @lied:1`);
  expect(exitCode).toBe(1);
  expect(output).toMatch(/code: (?:CONTENT_WRONG|REGISTRY_UNREACHABLE|REDIRECT_REFUSED)/);
  expect((await machine.fails('$HOME/bin/devreg images digest @lied:1')).exitCode).toBe(3);
  await machine.fails(`${copy} oci-archive:lied.tar:1`);
  await machine.fails(`${copy} oci:lied:1`);
  await machine.sh('test ! -e lied.tar; test ! -e lied/index.json || ! grep digest lied/index.json');
});

// Last: what the registry has by its digest it need not be given again.
it('what is true is copied', async () => {
  await serve(5100, {});
  await machine.sh(`$HOME/bin/devreg images copy -q ${nameAt(5100)} @true:1`);
  expect((await machine.sh('$HOME/bin/devreg images digest @true:1')).stdout.trim()).toBe(digestOf(manifest));
});

function nameAt(port: number): string {
  return `localhost:${port}/liar@${digestOf(manifest)}`;
}

/** Runs in the machine, whose network is its own; ends with it. */
async function serve(port: number, lie: Lie): Promise<void> {
  const bodies = { config, layer: lie.layer ?? layer, manifest: lie.manifest ?? manifest };
  const texts = Object.entries(bodies).map(
    ([name, bytes]) => `const ${name} = Buffer.from('${bytes.toString('base64')}', 'base64');`,
  );
  await machine.write(
    join(machine.folder, `liar-${port}.mjs`),
    `import { createServer } from 'node:http';
     ${texts.join('\n')}
     createServer(({ method, url }, response) => {
       if (/referrers|tags/.test(url)) return void response.writeHead(404).end();
       const isManifest = url.includes('/manifests/');
       const blob = url.endsWith('${digestOf(config)}') ? config : layer;
       const redirect = ${JSON.stringify(lie.redirect ?? '')};
       if (redirect !== '' && blob === layer && url.includes('/blobs/')) {
         return void response.writeHead(307, { location: redirect }).end();
       }
       const body = isManifest ? manifest : url.includes('/blobs/') ? blob : Buffer.from('{}');
       const type = isManifest ? '${MANIFEST}' : 'application/octet-stream';
       response.writeHead(200, { 'content-type': type, 'content-length': body.length });
       response.end(method === 'HEAD' ? undefined : body);
     }).listen(${port}, '127.0.0.1');`,
  );
  const running = machine.start(`node liar-${port}.mjs`);
  machine.guests.defer(async () => {
    running.kill();
    await running.finished;
  });
  await machine.sh(`until curl -fsS http://localhost:${port}/v2/ > /dev/null; do sleep 0.1; done`);
}
