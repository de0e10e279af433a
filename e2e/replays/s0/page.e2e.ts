/** The page on idpbuilder's registry (S0), block by block, with the profile that has its names. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../../support/cluster-creation.ts';
import { kubectl } from '../../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../../support/cluster-user.ts';
import { lastDigest } from '../../support/clients.ts';
import { readPrompt, typeAnswers } from '../at-terminal.ts';
import { createReplay } from '../replay.ts';
import { likeShown } from '../shown.ts';
import { BLOCKS } from './blocks.ts';
import { openLaptop } from './laptop.ts';
import { makeImages, writeLayout } from './stand-ins.ts';
import { NOT_RUN, SUBSTITUTIONS } from './substitutions.ts';

const replay = createReplay(BLOCKS, SUBSTITUTIONS, NOT_RUN);
const undo = new AsyncDisposableStack();

let user: ClusterUser;
let cluster: MadeCluster;
let password: string;
/** Of the image in the OCI layout `alpine`. */
let digest: string;

beforeAll(async () => {
  user = undo.use(await openClusterUser(['curl', 'regctl', 'script']));
  await makeImages(user);
  digest = await writeLayout(user);
  cluster = await createCluster(user, { flags: '--profile idpbuilder --hosts-file', ports: '' });
  password = (await user.sh('devreg get secrets -p gitea -o password')).stdout;
});

afterAll(() => undo.disposeAsync());

const sh = async (line: string) => (await user.sh(line)).output;
const run = (id: string) => sh(replay.command(id));
const apply = (id: string) => kubectl(user, cluster, 'apply -f -', replay.command(id));
const ask = (path: string) => sh(`curl -sS --cacert ${cluster.ca} ${path}`);

/** Runs a block at a terminal, answers as the prompt's block does, and looks whether it was asked so. */
async function answer(id: string, prompt: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const answered = readPrompt(replay.command(prompt), password);
  const said = await typeAnswers(user, replay.command(id), answered, { env });
  for (const { question } of answered) expect(said).toContain(question);
  return said;
}

describe('pushing and pulling', () => {
  it('s0-06: shows the password', async () => {
    const table = await run('s0-06');
    expect(table).toMatch(/^NAME +NAMESPACE +USERNAME +PASSWORD +TOKEN +DATA$/m);
    expect(table).toMatch(new RegExp(` giteaAdmin +${password} `));
  });

  it('s0-01 s0-02: logs in at a prompt', async () => {
    expect(await answer('s0-01', 's0-02')).toContain('Login Succeeded');
  });

  it('s0-03 to s0-05: makes an image, and pushes it', async () => {
    await run('s0-03');
    await run('s0-04');
    expect(await run('s0-05')).toMatch(/^24\.04: digest: sha256:[0-9a-f]{64} size: \d+$/m);
  });

  it('s0-07: logs in by jq', async () => {
    await sh('docker logout gitea.cnoe.localtest.me:8443');
    expect(await run('s0-07')).toContain('Login Succeeded');
  });

  it('s0-08 s0-09: images are named by registry, owner and image', async () => {
    const named = new RegExp(`^${replay.command('s0-08').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const { registry, owner, image } = named.exec(replay.command('s0-09'))?.groups ?? {};
    expect(registry).toBe(cluster.named);
    const tags = await ask(`https://${registry}/v2/${owner}/${image?.split(':')[0]}/tags/list`);
    expect(JSON.parse(tags)).toEqual({ name: 'giteaadmin/ubuntu', tags: ['24.04'] });
    // Gitea enforces the owner; here it is a choice.
    await sh('devreg policy add require-owner');
    const strange = `${registry}/nobody/${image}`;
    const { output } = await user.fails(1, `docker tag ${replay.command('s0-09')} ${strange}; docker push ${strange}`);
    expect(output).toMatch(/denied: /);
    await sh(`devreg policy rm require-owner; docker rmi ${strange}`);
  });

  it('s0-11: pulls without a login', async () => {
    await sh(`docker logout ${cluster.named}; docker rmi ${replay.command('s0-09')} docker.io/library/ubuntu:24.04`);
    expect(await run('s0-11')).toContain(`Status: Downloaded newer image for ${replay.command('s0-09')}`);
  });

  it('s0-12: runs a pod of it, without a pull secret', async () => {
    await apply('s0-12');
    await kubectl(user, cluster, 'wait pod/debug-pod --for=condition=Ready --timeout=120s');
    const pulled = await kubectl(user, cluster, "get events --field-selector reason=Pulled -o jsonpath='{..message}'");
    expect(pulled).toContain(`Successfully pulled image "${replay.command('s0-09')}"`);
    await kubectl(user, cluster, 'delete pod debug-pod --now');
  });
});

describe('by path, as in a codespace', () => {
  it('s0-20: says who has the port', async () => {
    const port = /:(\d+): bind: address already in use/.exec(replay.output('s0-20'))?.[1];
    const { stderr } = await user.fails(5, replay.command('s0-20'));
    expect(stderr).toContain(`${port}`);
    expect(stderr).toContain(cluster.name);
    const explained = await sh(`devreg doctor explain '${replay.output('s0-20')}'`);
    expect(explained).toContain(`The registry ${cluster.name} of devreg listens on port ${port}.`);
  });

  it('s0-22 s0-23: asks anew when the stored login is stale', async () => {
    const auth = Buffer.from('giteaAdmin:stale').toString('base64');
    const config = `{"auths":{"cnoe.localtest.me:8443":{"auth":"${auth}"}}}`;
    await sh(`mkdir -p ~/.docker; echo '${config}' > ~/.docker/config.json`);
    const said = await answer('s0-22', 's0-23');
    const [first = '', second = ''] = replay.output('s0-22').split('\n');
    expect(said).toContain(first);
    // Newer clients of Docker have other words for it, and end with the registry's own.
    expect(said).toMatch(new RegExp(`${second}|Login did not succeed, error: .* unauthorized: incorrect username`));
    // The client warns of a password that it keeps; the registry gave it a token to keep instead.
    const lines = replay.output('s0-23').split('\n');
    expect(said).toContain(lines.at(-1));
    expect(said).not.toContain(lines[0]?.slice(0, 'WARNING!'.length));
    const kept = JSON.parse(await sh('cat ~/.docker/config.json')) as { auths: Record<string, { auth: string }> };
    expect(Buffer.from(kept.auths['cnoe.localtest.me:8443']?.auth ?? '', 'base64').toString()).toBe('giteaadmin:');
  });

  it('s0-24: answers at that name', async () => {
    const answered = await ask(`-o /dev/null -D - https://${replay.command('s0-24')}/v2/`);
    expect(answered).toMatch(/^docker-distribution-api-version: registry\/2\.0\r?$/im);
  });

  it('s0-25 to s0-28: the same image at the same name, in each place', async () => {
    await run('s0-26');
    await run('s0-27');
    // The page shows the push of an image that is there already.
    const pushed = (await run('s0-27')).replaceAll(/^.*: (?:Preparing|Waiting)\n/gm, '');
    expect(pushed).toMatch(likeShown(replay.output('s0-27')));
    const pulled = await run('s0-28');
    expect(pulled).toMatch(likeShown(replay.output('s0-28')));
    expect(pulled).toContain(`Digest: ${lastDigest(pushed)}`);
    const byPath = replay.command('s0-25');
    const byHost = byPath.replace('cnoe.localtest.me:8443/gitea', cluster.named);
    for (const name of [byPath, byHost])
      expect(await sh(`docker pull ${name}`), name).toContain(`Digest: ${lastDigest(pushed)}`);
  });

  it('s0-21: pushes by a forwarded port, from another machine', async () => {
    await using laptop = await openLaptop(user, replay.command('s0-21'), replay.command('s0-24'));
    const image = `${replay.command('s0-24')}/gitea/giteaadmin/forwarded:1`;
    const flags = `--all --dest-tls-verify=false --dest-creds giteaadmin:${password}`;
    await laptop.sh(`skopeo copy ${flags} oci:${user.folder}/alpine:latest docker://${image}`);
    expect((await user.sh(`devreg images digest ${image}`)).stdout).toBe(digest);
  });

  it('s0-29: runs a pod of it', async () => {
    await apply('s0-29');
    const done = "jsonpath='{.status.phase}'=Succeeded";
    await kubectl(user, cluster, `wait pod/alpine-from-local-registry --for=${done} --timeout=120s`);
  });
});

describe('copying images to it', () => {
  it('s0-33 s0-34: regctl logs in', async () => {
    // The page's user had logged in before, so that the prompt has the name; the CA is trusted as the system's are.
    const env = { SSL_CERT_FILE: cluster.ca ?? '' };
    await typeAnswers(user, replay.command('s0-33'), readPrompt(replay.command('s0-34'), password), { env });
    await answer('s0-33', 's0-34', env);
  });

  it('s0-35: regctl need not check the certificate', async () => {
    expect(await run('s0-35')).toMatch(likeShown(replay.output('s0-35')));
  });

  it('s0-30 s0-36: copies an image with all its platforms', async () => {
    const said = await typeAnswers(user, replay.command('s0-36'), []);
    // The first line is of what that user had set for another registry.
    const [, ...shown] = replay.output('s0-36').split('\n');
    for (const line of shown) expect(said).toMatch(likeShown(line));
    const name = `${replay.command('s0-30')}/gitea/giteaadmin/alpine:latest`;
    expect((await user.sh(`regctl image digest ${name}`)).stdout).toBe(digest);
    const loaded = `${replay.command('s0-30')}/gitea/giteaadmin/loaded:1`;
    await sh(`devreg images copy --all oci:alpine:latest docker://${loaded}`);
    expect((await user.sh(`devreg images digest ${loaded}`)).stdout).toBe(digest);
  });
});

it('runs every block, or says why not', () => {
  replay.expectWhole();
});
