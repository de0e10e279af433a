/** `devreg images …` of a user who is not root and has no engine, also through a forwarded port. */
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildProgram } from '../support/build.ts';
import { buildImage, exportLayout } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { newAccount, serveRegistry } from '../support/registry-process.ts';

const HOST = 'localhost:5001';
/** Leads to the same registry, as `ssh -L` and `gh codespace ports forward` have it. */
const FORWARDED = 'localhost:6001';
const account = newAccount('writer');

let machine: Machine;
let program: string;

beforeAll(async () => {
  machine = await openMachine({ tools: ['buildah', 'skopeo', 'socat'] });
  program = join(dirname(await buildProgram()), 'devreg.js');
  machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5001'], flags: ['--tls off'], account }));
  const relay = machine.start('socat TCP-LISTEN:6001,bind=127.0.0.1,fork,reuseaddr TCP:127.0.0.1:5001');
  machine.guests.defer(async () => {
    relay.kill();
    await relay.finished;
  });
  await buildImage(machine, 'app:1', { layers: [300_000, 3_000], platform: 'linux/amd64' });
  await exportLayout(machine, 'app:1', 'layout');
  await machine.sh('mkdir -m 755 user; chown devuser user; chmod 755 . ..; chmod -R a+rX layout');
});

afterAll(() => machine?.[Symbol.asyncDispose]());

/** Types a line as that user, to whom nothing of root's belongs. */
async function types(line: string): Promise<string> {
  const env =
    'env -u XDG_RUNTIME_DIR -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_STATE_HOME -u XDG_CACHE_HOME HOME=$PWD TMPDIR=$PWD';
  const user = 'setpriv --reuid devuser --regid devuser --clear-groups';
  return (await machine.sh(`cd user; ${env} ${user} ${process.execPath} ${program} images ${line}`)).stdout.trim();
}

it('S3-25: all of it goes without root and without a daemon', async () => {
  const creds = `--creds ${account.user}:${account.password}`;
  const digest = await types('digest oci:../layout:sample');
  await types(`copy -q ${creds} oci:../layout:sample ${HOST}/team/app:1`);
  await types(`export -q ${HOST}/team/app:1 -o app.tar --compress zstd`);
  await types(`import -q ${creds} app.tar ${HOST}/team/app:imported`);
  await types(`tag ${creds} ${HOST}/team/app:1 2 3`);
  await types(`delete ${creds} ${HOST}/team/app:3`);
  await types(`sync -q --src docker --dest dir ${HOST}/team/app medium`);
  await types(`copy -q --format v2s2 ${HOST}/team/app:1 docker-archive:docker.tar:app:1`);
  expect(await types(`list-tags ${HOST}/team/app`)).toBe('1\n2\nimported');
  expect(await types(`digest ${HOST}/team/app:imported dir:medium/app:2`)).toBe(`${digest}\n${digest}`);
  expect(await types(`verify ${HOST}/team/app dir:medium/app:2 oci-archive:app.tar`)).toContain('all is well');
  expect(JSON.parse(await types(`inspect ${HOST}/team/app:1`))).toMatchObject({ Digest: digest });
  expect((await machine.sh('find user ! -user devuser')).stdout).toBe('');
});

it('S0-31: images come in by a forwarded port, with all their blobs', async () => {
  const creds = `--dest-creds ${account.user}:${account.password}`;
  await types(`copy -q ${creds} oci:../layout:sample ${FORWARDED}/from/laptop:1`);
  expect(await types(`digest ${HOST}/from/laptop:1`)).toBe(await types('digest oci:../layout:sample'));
  expect(await types(`verify ${FORWARDED}/from/laptop:1`)).toContain('all is well');
});
