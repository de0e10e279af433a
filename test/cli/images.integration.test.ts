/** `devreg images …` in the same process, against a registry that runs: no engine, no other program. */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { type Answer, ANY_PORTS, create, secretOf } from './support/registry.ts';
import { type World, makeWorld } from './support/world.ts';

let world: World;
let answer: Answer;
let host: string;

beforeAll(async () => {
  world = await makeWorld();
  answer = await create(world, '--provider', 'process', ...ANY_PORTS);
  host = answer.names[1];
  await writeImage('one', { created: '2026-01-02T03:04:05Z', layer: 'first' });
  await writeImage('two', { created: '2026-02-02T03:04:05Z', layer: 'second' });
  await writeImage('undated', { created: '1970-01-01T00:00:00Z', layer: 'third' });
});
afterAll(() => world[Symbol.asyncDispose]());

const run = (line: string, input = '') => world.run(['images', ...line.split(' ')], { input });
const succeed = async (line: string, input = '') =>
  (await world.succeed(['images', ...line.split(' ')], { input })).stdout;
const folder = (name: string) => join(world.home, name);

/** An image in a folder, as skopeo writes `dir:`. */
async function writeImage(
  name: string,
  { created, layer }: { readonly created: string; readonly layer: string },
): Promise<void> {
  const config = JSON.stringify({
    created,
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['A=b'] },
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(layer), size: layer.length }],
  });
  await mkdir(folder(name), { recursive: true });
  const files = {
    version: 'Directory Transport Version: 1.1\n',
    'manifest.json': manifest,
    [hexOf(config)]: config,
    [hexOf(layer)]: layer,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder(name), file), text);
}

const hexOf = (text: string) => digestOf(text).slice('sha256:'.length);

it('says that there are no images yet, and how to bring some', async () => {
  const stderr = `No images in ${host}. Push one to ${host}/NAME, or bring one with devreg images copy.\n`;
  expect(await run('list')).toEqual({ stdout: '', stderr, exitCode: 0 });
  expect(await run('list -o json')).toEqual({ stdout: '[]\n', stderr: '', exitCode: 0 });
});

describe('copying', () => {
  it('into the own registry and back, to the byte, by every name of it', async () => {
    expect(await succeed(`copy dir:${folder('one')} @team/app:1`)).toMatch(
      /^Copied dir:\S+ to docker:\/\/localhost:\d+\/team\/app:1: sha256:\w{64} \(2 blobs, \d+ B\)\.\n$/,
    );
    // The other name is one that only the registry's own certificate and no name server knows.
    await succeed(`copy -q ${answer.names[0]}/team/app:1 dir:${folder('back')}`);
    expect((await readdir(folder('back'))).toSorted()).toEqual((await readdir(folder('one'))).toSorted());
    expect(await readFile(join(folder('back'), 'manifest.json'))).toEqual(
      await readFile(join(folder('one'), 'manifest.json')),
    );
  });

  it('tells programs what was moved, and moves nothing twice', async () => {
    const [row] = JSON.parse(await succeed(`copy dir:${folder('one')} ${host}/team/app:1 -o json`)) as object[];
    expect(row).toMatchObject({ outcome: 'copied', bytes: 0, blobs: { copied: 0 }, error: null });
  });

  it('takes a switch with a value by = alone, and the place behind it as a place', async () => {
    expect((await run(`digest --tls-verify ${host}/team/app:1`)).exitCode).toBe(0);
    expect((await run(`digest --tls-verify=maybe ${host}/team/app:1`)).stderr).toContain('CONFIG_INVALID');
  });

  it('as somebody, as nobody, and as somebody else', async () => {
    const { username, password } = await secretOf(world);
    const copy = (more: string) => run(`copy -q dir:${folder('two')} ${host}/team/login:1 ${more}`);
    expect((await copy('--dest-no-creds')).exitCode).toBe(4);
    expect((await copy(`--dest-creds ${username}:wrong`)).exitCode).toBe(4);
    expect((await copy(`--dest-username ${username}`)).stderr).toContain('OPTION_MISSING');
    expect((await copy(`--src-no-creds --dest-creds ${username}:${password}`)).exitCode).toBe(0);
  });

  it.each([
    ['copy @team/app:1', 'USAGE', 2],
    ['copy @team/none:1 oci:x', 'IMAGE_NOT_FOUND', 3],
    ['copy @UPPER oci:x', 'REFERENCE_INVALID', 2],
    ['copy --platform linux @team/app:1 oci:x', 'CONFIG_INVALID', 2],
    ['copy --platform local --all @team/app:1 oci:x', 'OPTIONS_CLASH', 2],
    ['copy --format v1 @team/app:1 oci:x', 'CONFIG_INVALID', 2],
    ['copy --format oci --multi-arch index-only @team/app:1 oci:x', 'OPTIONS_CLASH', 2],
    ['copy @team/app:1 @team/app:2 @x:1', 'OPTIONS_CLASH', 2],
    ['inspect --name other @team/app:1', 'REGISTRY_NOT_FOUND', 3],
    ['inspect -f {{range}} @team/app:1', 'TEMPLATE_UNKNOWN', 2],
    ['tag @team/app:1 a/b', 'TAG_INVALID', 2],
    ['sync oci:x @', 'REFERENCE_INVALID', 2],
    ['prune --untagged --repository a', 'OPTIONS_CLASH', 2],
    ['prune --older-than soon', 'CONFIG_INVALID', 2],
  ])('%s is refused: %s', async (line, code, exitCode) => {
    const result = await run(line.replace('oci:x', `oci:${folder('x')}`));
    expect(await readdir(world.home)).not.toContain('x');
    expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringContaining(`code: ${code}`)]);
  });
});

describe('looking', () => {
  it('lists, by both names of the command', async () => {
    await succeed(`copy -q dir:${folder('one')} @list/app:1`);
    const table = await succeed('list list/app');
    expect(table).toMatch(/^REPOSITORY +TAG +DIGEST +SIZE +CREATED\nlist\/app +1 +\w{12} +\d+ B +\d+ \w+ ago\n$/);
    const rows = JSON.parse((await world.succeed(['get', 'images', 'list/app', '-o', 'json'])).stdout) as object[];
    expect(rows).toMatchObject([
      { reference: `${host}/list/app:1`, created: '2026-01-02T03:04:05.000Z', platforms: ['linux/amd64'] },
    ]);
    expect(await succeed('ls @list/app -o name')).toBe(`${host}/list/app:1\n`);
    expect((await run('list nowhere/app')).exitCode).toBe(3);
  });

  it('inspects; --config is a file elsewhere, and a switch here', async () => {
    const image = JSON.parse(await succeed('inspect @team/app:1')) as object;
    expect(image).toMatchObject({ Name: `${host}/team/app`, Os: 'linux', Env: ['A=b'], RepoTags: ['1'] });
    expect(JSON.parse(await succeed('inspect -n @team/app:1'))).toMatchObject({ RepoTags: [] });
    expect(JSON.parse(await succeed('inspect --config @team/app:1'))).toMatchObject({ config: { Env: ['A=b'] } });
    expect(await succeed('inspect --raw @team/app:1')).toBe(
      await readFile(join(folder('one'), 'manifest.json'), 'utf8'),
    );
    expect(await succeed('digest @team/app:1')).toBe(
      `${digestOf(await readFile(join(folder('one'), 'manifest.json')))}\n`,
    );
  });
});

describe('archives', () => {
  it('go out and come in, through a pipe and by other names', async () => {
    await succeed(`export @team/app:1 -o ${folder('images.tar')}`);
    expect(await succeed(`import ${folder('images.tar')} --prefix again`)).toContain(`${host}/again/team/app:1`);
    await succeed(`import ${folder('one')} @named:3`);
    expect(await succeed('digest @named:3')).toBe(await succeed('digest @again/team/app:1'));
    expect((await run(`import ${folder('one')}`)).stderr).toMatch(/code: IMAGE_UNNAMED/);
    const piped = await run('copy @team/app:1 oci-archive:-');
    expect(piped.stdout).not.toContain('Copied');
    expect(piped.stdout).toContain('oci-layout');
    const terminal = await world.run(['images', 'export', '@team/app:1'], { isTerminal: true });
    expect(terminal.stderr).toContain('An archive is nothing for a terminal.');
  });
});

describe('syncing', () => {
  it('goes by a list, says what it would do, and goes on where told to', async () => {
    await writeFile(folder('list.txt'), `${host}/team/app:1\n${host}/team/none:1\n`);
    expect(await succeed(`sync --dry-run -f ${folder('list.txt')} @mirror`)).toBe(
      `Would copy docker://${host}/team/app:1 to docker://${host}/mirror/app:1.\n` +
        `Would copy docker://${host}/team/none:1 to docker://${host}/mirror/none:1.\n`,
    );
    const { exitCode, stdout, stderr } = await run(
      `sync --keep-going -f ${folder('list.txt')} @mirror --digestfile ${folder('digests')}`,
    );
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('1 of 2 images were not copied')]);
    expect(stdout).toMatch(/^Copied [^]*\nCould not copy /);
    const stopped = await run(`sync -f ${folder('list.txt')} @mirror`);
    expect([stopped.exitCode, stopped.stdout]).toEqual([3, '']);
    expect(await readFile(folder('digests'), 'utf8')).toMatch(
      /^sha256:\w{64} docker:\/\/localhost:\d+\/mirror\/app:1\n$/,
    );
  });

  it('refuses two images for one place before it copies', async () => {
    await succeed(`copy -q dir:${folder('two')} @other/app:1`);
    const clash = await run('sync -f - @mixed', `${host}/team/app:1\n${host}/other/app:1\n`);
    expect([clash.exitCode, clash.stderr]).toEqual([5, expect.stringContaining('DESTINATIONS_CLASH')]);
    expect((await run('list mixed/app')).exitCode).toBe(3);
    const scoped = await succeed(
      `sync -q --scoped --dest dir -f - ${folder('usb')} -o name`,
      `${host}/team/app:1\n${host}/other/app:1\n`,
    );
    expect(scoped).toBe(`dir:${folder('usb')}/${host}/team/app:1\ndir:${folder('usb')}/${host}/other/app:1\n`);
    expect(await succeed(`sync -q --src dir --dest docker ${folder('usb')}/${host}/team ${host}/usb -o name`)).toBe(
      `docker://${host}/usb/app:1\n`,
    );
  });

  it('warns of what a list asks for and is not done', async () => {
    const list = `sync: [{source: '${host}/team/app:1', target: '${host}/by/regsync:1', type: image, backup: old}]`;
    const { stderr, exitCode } = await run('sync -f -', list);
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining('standard input: backup is not done and left out.'),
    ]);
    expect(await succeed('tags @by/regsync')).toBe('1\n');
  });
});

describe('deleting', () => {
  it('takes the tag, or the image with all its tags', async () => {
    await succeed(`copy -q dir:${folder('one')} @gone:1`);
    await succeed('tag @gone:1 2 3');
    expect(await succeed('delete --dry-run --digest @gone:1')).toMatch(/^Would delete .* with the tags 1, 2, 3\.\n$/);
    await succeed('delete @gone:1');
    expect(await succeed('tags @gone')).toBe('2\n3\n');
    await succeed('rm --digest @gone:2');
    expect((await run('digest @gone:3')).exitCode).toBe(3);
    expect((await run('delete @gone:3')).exitCode).toBe(3);
  });

  it('prunes by number, and leaves what has no date', async () => {
    for (const [name, tag] of [
      ['one', '1'],
      ['two', '2'],
      ['undated', '3'],
    ])
      await succeed(`copy -q dir:${folder(name ?? '')} @old:${tag}`);
    for (const tag of ['1', '2']) await succeed(`copy -q dir:${folder(tag === '1' ? 'one' : 'two')} @spared:${tag}`);
    const dry = await run('prune --keep-last 1 --repository old --dry-run');
    expect(dry.stdout).toMatch(/^Would delete 1 tag of localhost:\d+, \d+ B:\n {2}old: 1\n$/);
    expect(dry.stderr).toContain('warning: old: 3 kept, since nothing tells how old it is.');
    const unasked = await run('prune --keep-last 1 --repository old');
    expect([unasked.exitCode, unasked.stderr]).toEqual([1, expect.stringContaining('NOT_CONFIRMED')]);
    expect(await succeed('tags @old')).toBe('1\n2\n3\n');
    const pruned = await run('prune --keep-last 1 --repository old --yes');
    expect([pruned.exitCode, pruned.stderr]).toEqual([0, expect.stringMatching(/Removed \d+ blobs?/)]);
    expect(await succeed('tags @old')).toBe('2\n3\n');
    expect(await succeed('tags @spared')).toBe('1\n2\n');
    expect(await succeed('prune --keep-last 1 --repository old')).toMatch(/^Nothing of .* is to go\.\n$/);
    expect(await succeed('prune')).toMatch(/^Nothing of .* is to go\.\n(?:.* kept .*\n)?$/);
    expect(JSON.parse(await succeed('prune -o json'))).toMatchObject({
      decisions: [],
      garbage: { blobs: 0 },
    });
    expect(await succeed('verify @old')).toMatch(/^2 images, 2 manifests, 4 blobs, \d+ B read: all is well\.\n$/);
  });
});

it('S3-24b: verifying finds the byte that is not what it was', async () => {
  await succeed(`copy -q dir:${folder('two')} @damaged:1`);
  const files = (await readdir(answer.dataDir, { recursive: true })).filter((name) => name.endsWith(hexOf('second')));
  expect(files).toHaveLength(1);
  await writeFile(join(answer.dataDir, files[0] ?? ''), 'secomd');
  const { exitCode, stdout, stderr } = await run('verify @damaged:1 -o json');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('IMAGES_DAMAGED');
  expect(JSON.parse(stdout)).toMatchObject({ findings: [{ image: `${host}/damaged:1`, digest: digestOf('second') }] });
  expect((await run('verify --fast @damaged:1')).exitCode).toBe(0);
});
