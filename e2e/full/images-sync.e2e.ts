/** `devreg images sync` beside skopeo and regsync: many images, by a list or from a folder. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImageShell, OTHER, REPOSITORY, openImageShell } from '../support/image-shell.ts';

let shell: ImageShell;

beforeAll(async () => {
  shell = await openImageShell();
});

afterAll(() => shell?.[Symbol.asyncDispose]());

const sh = (lines: string) => shell.sh(lines);
const fails = (lines: string) => shell.fails(lines);

describe('S0-30 S3-18: syncing', () => {
  const TAGS = Array.from({ length: 50 }, (_, index) => `v1.${index}.0`);

  beforeAll(async () => {
    await sh(`for tag in ${TAGS.join(' ')}; do crane tag ${REPOSITORY}:one $tag; done; crane copy ${REPOSITORY}:docker ${OTHER}/many/app:3
      for tag in ${TAGS.join(' ')}; do crane copy ${REPOSITORY}:$tag ${OTHER}/many/app:$tag; done`);
  });

  it('50 images into the own registry by a list, in one command, and nothing twice', async () => {
    await shell.machine.write(
      join(shell.machine.folder, 'images.txt'),
      `# all of them\n${TAGS.map((tag) => `${OTHER}/many/app:${tag}\n`).join('')}`,
    );
    expect((await sh('devreg images sync --dry-run -f images.txt')).split('\n')).toHaveLength(50);
    const rows = JSON.parse(await sh('devreg images sync -f images.txt -o json')) as readonly {
      outcome: string;
      bytes: number;
    }[];
    expect(rows.map(({ outcome }) => outcome)).toEqual(TAGS.map(() => 'copied'));
    // All are one image, copied several at a time.
    expect((await sh('devreg images list-tags @app')).trim().split('\n').toSorted()).toEqual(TAGS.toSorted());
    expect(await sh('devreg images digest @app:v1.49.0')).toBe(await sh(`crane digest ${REPOSITORY}:one`));
    const again = JSON.parse(await sh('devreg images sync -f images.txt -o json')) as readonly { bytes: number }[];
    expect(again.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(0);
  });

  it.each(['', '--scoped'])('to a folder as skopeo lays it out %s', async (scoped) => {
    await sh(`rm -rf theirs ours; mkdir theirs ours
      skopeo sync --src docker --dest dir --src-tls-verify=false ${scoped} ${REPOSITORY} theirs
      devreg images sync -q --multi-arch system --remove-signatures --src docker --dest dir --src-tls-verify=false ${scoped} ${REPOSITORY} ours
      diff -r theirs ours`);
  });

  it('from a folder into a registry, as skopeo does, and from its YAML', async () => {
    await sh(`mkdir -p medium; cat > sync.yaml <<END
${OTHER}:
  tls-verify: false
  images:
    team/both: [docker]
  images-by-tag-regex:
    many/app: ^v1[.]4.[.]0$
  images-by-semver:
    team/both: ">= 1.48.0, < 2"
END
      devreg images sync --src yaml --dest dir --scoped -q --digestfile digests sync.yaml medium; sort digests > d
      skopeo sync --src dir --dest docker --dest-tls-verify=false medium/${OTHER}/many ${OTHER}/theirs
      devreg images sync -q --src dir --dest docker medium/${OTHER}/many ${OTHER}/ours`);
    expect((await sh('cut -d" " -f2 digests')).trim().split('\n').toSorted()).toEqual(
      ['team/both:docker', ...TAGS.slice(40).map((tag) => `many/app:${tag}`), 'team/both:v1.48.0', 'team/both:v1.49.0']
        .map((name) => `dir:medium/${OTHER}/${name}`)
        .toSorted(),
    );
    expect(await sh(`crane ls ${OTHER}/ours/app`)).toBe(await sh(`crane ls ${OTHER}/theirs/app`));
  });

  it('as regsync does, by its file', async () => {
    const file = (target: string) => `version: 1
creds: [{registry: "${OTHER}", tls: disabled}]
defaults: {parallel: 2}
sync:
  - {source: "${OTHER}/many/app", target: "${OTHER}/${target}/app", type: repository, tags: {allow: ["v1[.].*"], deny: [".*[.]1.[.]0"]}}
  - {source: "${REPOSITORY}:all", target: "${OTHER}/${target}/both:x", type: image, platform: linux/arm64}
`;
    await shell.machine.write(join(shell.machine.folder, 'theirs.yml'), file('theirs-by-file'));
    await shell.machine.write(join(shell.machine.folder, 'ours.yml'), file('ours-by-file'));
    await sh('regsync once -c theirs.yml; devreg images sync -q -f ours.yml');
    const tags = await sh(`crane ls ${OTHER}/ours-by-file/app`);
    expect(tags.trim().split('\n')).toHaveLength(40);
    expect(tags).toBe(await sh(`crane ls ${OTHER}/theirs-by-file/app`));
    expect(await sh(`crane digest ${OTHER}/ours-by-file/both:x`)).toBe(
      await sh(`crane digest ${OTHER}/theirs-by-file/both:x`),
    );
  });

  it('goes on when an image is not there, and ends with 1', async () => {
    await shell.machine.write(join(shell.machine.folder, 'some.txt'), `${OTHER}/gone:1\n${REPOSITORY}:docker\n`);
    const { exitCode, stdout, stderr } = await fails('devreg images sync -f some.txt --keep-going -o json @some');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { outcome: 'failed', error: { code: 'IMAGE_NOT_FOUND' } },
      { outcome: 'copied' },
    ]);
    expect(stderr).toContain('SYNC_INCOMPLETE');
    expect((await fails('devreg images sync -f some.txt @other')).output).toContain('code: IMAGE_NOT_FOUND');
  });
});
