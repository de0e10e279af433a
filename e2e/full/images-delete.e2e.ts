/** `devreg images delete`, `prune` and `verify`: what goes, what stays, and what is damaged. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISTRIBUTION, type ImageShell, OTHER, OWN, REPOSITORY, openImageShell } from '../support/image-shell.ts';
import { buildImage } from '../support/images.ts';

let shell: ImageShell;

beforeAll(async () => {
  shell = await openImageShell();
});

afterAll(() => shell?.[Symbol.asyncDispose]());

const sh = (lines: string) => shell.sh(lines);
const json = (line: string) => shell.json(line);
const fails = (lines: string) => shell.fails(lines);

describe('S3-03 S3-13: deleting and pruning', () => {
  it('deletes a tag alone, or the image with all its tags', async () => {
    await sh(`devreg images copy -q ${REPOSITORY}:docker @gone:1; devreg images tag @gone:1 2 3`);
    await sh('devreg images delete @gone:1');
    expect(await sh('devreg images tags @gone')).toBe('2\n3');
    expect(await sh('devreg images rm --digest @gone:2')).toContain('with the tags 2, 3');
    expect((await fails('devreg images inspect @gone:3')).exitCode).toBe(3);
  });

  it('asks at a terminal, and takes no for an answer', async () => {
    await sh(`devreg images copy -q ${REPOSITORY}:docker @asked:1`);
    const ask = (answer: string) =>
      shell.machine.attempt(shell.withPath('script -qec "devreg images delete @asked:1" /dev/null'), {
        input: `${answer}\n`,
      });
    expect((await ask('n')).output).toContain('NOT_CONFIRMED');
    expect(await sh('devreg images tags @asked')).toBe('1');
    expect((await ask('y')).output).toContain('Deleted the tag localhost:5001/asked:1');
  });

  it('keeps the last ones, what they need, and what refers to them', async () => {
    await sh(`for n in 1 2 3 4; do
        printf "FROM scratch\\nLABEL n=$n\\n" | buildah build -q --timestamp $((1600000000 + n * 86400)) -t localhost/old:$n -
        skopeo copy -q --dest-tls-verify=false containers-storage:localhost/old:$n docker://${OTHER}/old/app:$n
        devreg images copy -q ${OTHER}/old/app:$n @old/app:$n
      done
      echo about > note; regctl artifact put --subject ${OTHER}/old/app:4 --artifact-type text/plain -f note
      devreg images copy -q ${OTHER}/old/app:4 @old/app:4; devreg images tag @old/app:1 one`);
    const dry = await sh("devreg images prune --keep-last 2 --repository 'old/*' --dry-run");
    expect(dry).toMatch(/^Would delete 3 tags of localhost:5001, .*B:\n {2}old\/app: 1, 2, one$/);
    expect((await fails("devreg images prune --keep-last 2 --repository 'old/*'")).output).toContain('NOT_CONFIRMED');
    const atTerminal = `script -qec "devreg images prune --keep-last 2 --repository 'old/*'" /dev/null`;
    const asked = await shell.machine.attempt(shell.withPath(atTerminal), { input: 'n\n' });
    expect(asked.output).toMatch(/old\/app: 1, 2, one[^]*Delete all that for good\?[^]*NOT_CONFIRMED/);
    expect(await sh('devreg images tags @old/app')).toBe('1\n2\n3\n4\none');
    await sh("devreg images prune --keep-last 2 --repository 'old/*' --yes");
    expect(await sh('devreg images tags @old/app')).toBe('3\n4');
    expect(await sh('devreg images verify @old/app')).toContain('all is well');
    await sh(
      `devreg images copy -q @old/app:4 ${OTHER}/pruned/app:4; regctl artifact tree ${OTHER}/pruned/app:4 | grep text/plain`,
    );
    expect(await sh('devreg images prune --older-than 3650d --dry-run')).toContain(
      'Nothing of localhost:5001 is to go',
    );
  });

  it('frees what has no tag when clients rely on it no more, says how much, and asks nobody for nothing', async () => {
    await buildImage(shell.machine, 'loose:1', { layers: [200_000] });
    await sh(`skopeo copy -q containers-storage:localhost/loose:1 oci:loose:1
      devreg images copy -q oci:loose:1 @loose:1; devreg images delete @loose:1`);
    expect(await sh('devreg images prune')).toMatch(/^Nothing of localhost:5001 is to go\.\n.* kept/);
    const { dataDir } = (await json("devreg status -o json | jq '.[0]'")) as { readonly dataDir: string };
    await shell.machine.write(
      join(shell.machine.folder, 'an-hour-later.cjs'),
      `const { DatabaseSync } = require('node:sqlite');
       new DatabaseSync(process.argv[2]).exec("UPDATE counters SET value = 1 WHERE name = 'promise-end'");`,
    );
    await sh(`devreg stop; node an-hour-later.cjs ${dataDir}/metadata.db
      find ${dataDir}/blobs -type f -exec touch -d '2 hours ago' {} +; devreg start`);
    const dry = await sh('devreg images prune --dry-run');
    expect(dry).toMatch(
      /^Would remove [1-9]\d* blobs? .*: [1-9].* [kM]B\.\nWould remove [1-9]\d* manifests? without a tag/,
    );
    expect((await fails('devreg images prune')).output).toContain('code: NOT_CONFIRMED');
    const { stderr } = await shell.machine.sh(shell.withPath('devreg images prune --yes'));
    expect(stderr).toContain(dry.replaceAll('Would remove', 'Removed').trim());
    expect(await sh('devreg images prune')).toMatch(/^Nothing of localhost:5001 is to go\./);
    expect(await json('devreg images prune -o json')).toMatchObject({ decisions: [], garbage: { manifests: 0 } });
    expect(await sh('devreg images verify')).toContain('all is well');
  });

  it('tells programs what became of references', async () => {
    const digest = (await sh(`devreg images digest ${REPOSITORY}:docker`)).trim();
    await sh(`devreg images copy -q ${REPOSITORY}:docker @told:1`);
    const list = async (line: string) => JSON.parse(await sh(`${line} -o json`)) as unknown;
    const row = (tag: string, outcome: string) => ({ reference: `${OWN}/told:${tag}`, digest, outcome });
    expect(await list('devreg images tag @told:1 2 3')).toMatchObject([row('2', 'tagged'), row('3', 'tagged')]);
    expect(await list('devreg images delete --dry-run @told:3')).toMatchObject([row('3', 'planned')]);
    expect(await list('devreg images delete @told:3')).toMatchObject([row('3', 'deleted')]);
    expect(await list('devreg images digest @told:2')).toEqual([{ image: `docker://${OWN}/told:2`, digest }]);
    expect(await list('devreg images delete --digest @told:1')).toMatchObject([
      { reference: `${OWN}/told@${digest}`, tags: ['1', '2'] },
    ]);
  });
});

describe('S3-24b: verifying', () => {
  it('finds a byte that is not what it was, and what is missing', async () => {
    await sh(`devreg images verify ${REPOSITORY}`);
    const layer = (await json(`crane manifest ${REPOSITORY}:docker`))['layers'] as readonly { digest: string }[];
    const hex = layer[0]?.digest.slice('sha256:'.length);
    await sh(
      `f=$(find ${shell.other.dataDir}/blobs -name ${hex}); cp -p $f kept; printf X | dd of=$f conv=notrunc bs=1 seek=500 status=none`,
    );
    const { exitCode, stdout } = await fails(`devreg images verify ${REPOSITORY}:docker ${REPOSITORY}:one -o json`);
    expect(exitCode).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: readonly object[] };
    expect(findings).toMatchObject([{ image: `${REPOSITORY}:docker`, digest: `sha256:${hex}` }]);
    const copy = await fails(`devreg images copy ${REPOSITORY}:docker ${DISTRIBUTION}/damaged:1`);
    expect(copy.output).toContain('code: CONTENT_WRONG');
    await fails(`devreg images digest ${DISTRIBUTION}/damaged:1`);
    await fails(`devreg images copy ${REPOSITORY}:docker oci-archive:damaged.tar:1`);
    await sh(
      `test ! -e damaged.tar; f=$(find ${shell.other.dataDir}/blobs -name ${hex}); cat kept > $f; devreg images verify --fast ${REPOSITORY}`,
    );
  });
});
