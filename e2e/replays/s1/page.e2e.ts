/** The page on raibid-ci's registry (S1), block by block, with the profile that has its names. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type MadeCluster, createCluster } from '../../support/cluster-creation.ts';
import { buildImage } from '../../support/cluster-images.ts';
import { kubectl } from '../../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../../support/cluster-user.ts';
import { createReplay } from '../replay.ts';
import { BLOCKS } from './blocks.ts';
import { NOT_RUN, SUBSTITUTIONS } from './substitutions.ts';
import { readTiltfile } from './tilt.ts';

const replay = createReplay(BLOCKS, SUBSTITUTIONS, NOT_RUN);
const undo = new AsyncDisposableStack();

let user: ClusterUser;
let cluster: MadeCluster;

beforeAll(async () => {
  user = undo.use(await openClusterUser(['curl', 'podman']));
  cluster = await createCluster(user, { flags: '--profile raibid', ports: '' });
  await buildImage(user, 'my-app:latest');
});

afterAll(() => undo.disposeAsync());

const sh = async (line: string) => (await user.sh(line)).output;
const run = (id: string) => sh(replay.command(id));
const kube = (line: string, input?: string) => kubectl(user, cluster, line, input);
const isUp = (pod: string) => kube(`wait pod/${pod} --for=condition=Ready --timeout=120s`);

describe('pushing and pulling', () => {
  it('s1-01: is at the name of the page, and at no other', () => {
    expect(cluster.named).toBe(replay.command('s1-01'));
    expect(cluster.local).toBe(cluster.named);
  });

  it('s1-02: logs in with the password of the page', async () => {
    expect(await run('s1-02')).toContain('Login Succeeded');
  });

  it('s1-03 to s1-05: tag, push, pull', async () => {
    await run('s1-03');
    expect(await run('s1-04')).toMatch(/^latest: digest: sha256:[0-9a-f]{64} size: \d+$/m);
    await sh('docker rmi my-app:latest localhost:3000/raibid-admin/my-app:latest');
    expect(await run('s1-05')).toContain(
      'Status: Downloaded newer image for localhost:3000/raibid-admin/my-app:latest',
    );
  });

  it('s1-06 to s1-08: builds by a Tiltfile, and runs a pod of it without a pull secret', async () => {
    const build = readTiltfile(replay.command('s1-06'));
    const steps = ['FROM registry.k8s.io/pause:3.10.1', 'COPY deployment.yaml /', `LABEL ${user.label}`, ''];
    await user.write('crates/server/Dockerfile', steps.join('\n'));
    await user.write('deployment.yaml', replay.command('s1-08'));
    const env = { IMAGE: build.image, DOCKERFILE: build.dockerfile, CONTEXT: build.context };
    // Tilt asks the cluster which registry it has, and leaves names alone that begin with it.
    expect(await kube("-n kube-public get cm local-registry-hosting -o jsonpath='{.data}'")).toMatch(
      /\bhost: \S*localhost:3000/,
    );
    await user.sh(replay.command('s1-07'), { env });
    await isUp('raibid-server');
    expect(await pulled()).toContain('localhost:3000/raibid-admin/raibid-server:latest');
  });
});

const pulled = () => kube("get events --field-selector reason=Pulled -o jsonpath='{..message}'");

describe('settings', () => {
  it('s1-10 s1-11: the engine is told as the page says, by a command', async () => {
    const said = await run('s1-11');
    expect(said).toContain(BLOCKS.find(({ id }) => id === 's1-11')?.text);
    const settings = JSON.parse(replay.command('s1-10')) as object;
    const printed = /^\{.*\}$/m.exec(said)?.[0] ?? '{}';
    expect(JSON.parse(printed)).toMatchObject(settings);
    expect(said).toContain('/etc/docker/daemon.json');
  });

  it('s1-16: images are on a volume like that of the page', async () => {
    const { persistence } = parse(replay.command('s1-16')) as {
      persistence: { size: string; storageClass: string; accessModes: string[] };
    };
    const claims = JSON.parse(await kube('-n raibid-system get pvc -o json')) as { items: readonly unknown[] };
    expect(claims.items).toEqual([
      expect.objectContaining({
        spec: expect.objectContaining({
          storageClassName: persistence.storageClass,
          accessModes: persistence.accessModes,
          resources: { requests: { storage: persistence.size } },
        }) as unknown,
        status: expect.objectContaining({ phase: 'Bound' }) as unknown,
      }),
    ]);
  });
});

/** What devreg says of an error that the page shows. */
const explain = async (shown: string) =>
  (await user.sh('devreg doctor explain', { input: shown })).stdout.replaceAll(/\s+/g, ' ');

describe('trouble', () => {
  it('s1-24 s1-26 s1-27 s1-28: what the page looks at', async () => {
    expect(await run('s1-24')).toMatch(/^gitea-http +NodePort .*3000:30080\/TCP/m);
    expect(await run('s1-26')).toMatch(/ 1\/1 +Running /);
    expect(await run('s1-27')).toMatch(/nodePort: 30080\n +port: 3000\n/);
    expect(await sh(`${replay.command('s1-28')} -sS -D -`)).toMatch(
      /^HTTP\/1\.1 (?:200|401) [^]*^docker-distribution-api-version: registry\/2\.0\r?$/im,
    );
  });

  it('s1-20: TLS where there is none', async () => {
    const shown = replay.output('s1-20');
    // Docker itself takes plain HTTP of this machine; podman says the same as the page.
    const { output } = await user.fails(125, 'podman pull -q localhost:3000/raibid-admin/my-app:latest');
    expect(output).toContain(/Get .*$/.exec(shown)?.[0]);
    expect(await explain(shown)).toContain('devreg trust docker');
  });

  it('s1-21 s1-22: pushing without a login', async () => {
    const shown = replay.output('s1-21');
    await sh('docker logout localhost:3000');
    const { output } = await user.fails(1, 'docker push localhost:3000/raibid-admin/my-app:latest');
    expect(output).toContain(shown);
    expect(await explain(output)).toContain('devreg login');
    expect(await run('s1-22')).toContain('Login Succeeded');
    await sh('docker push localhost:3000/raibid-admin/my-app:latest');
  });

  it('s1-23 s1-25: a registry that is down, and is brought back', async () => {
    const [notPulled, refused] = [replay.output('s1-23'), replay.output('s1-25')];
    await kube('-n raibid-system scale deployment registry --replicas 0');
    await kube('-n raibid-system wait --for=delete pod -l app.kubernetes.io/name=gitea --timeout=120s');
    const node = `${cluster.name}-control-plane`;
    const pull = 'ctr images pull --plain-http 127.0.0.1:30080/raibid-admin/my-app:latest';
    // The node's rules for the port follow a moment after the pod is gone; until then it leads nowhere.
    const isRefused = `! docker exec ${node} ${pull} > said 2>&1 && grep -q '${refused}' said`;
    expect(await sh(`for try in {1..300}; do if ${isRefused}; then break; fi; sleep 0.1; done; cat said`)).toContain(
      refused,
    );
    await kube('run my-app --image localhost:3000/raibid-admin/my-app:latest --image-pull-policy Always');
    const failing = "jsonpath='{.status.containerStatuses[0].state.waiting.reason}'=ErrImagePull";
    await kube(`wait pod/my-app --for=${failing} --timeout=120s`);
    const events = await kube("get events --field-selector reason=Failed -o jsonpath='{..message}'");
    // A kubelet of today leaves out the last two words, and says what containerd met.
    expect(events).toContain(notPulled.replace(/rpc error$/, ''));
    for (const shown of [notPulled, refused, events])
      expect(await explain(shown), shown).toContain(`The registry ${cluster.name} does not run`);
    const { stdout } = await user.fails(8, 'devreg doctor --quick');
    expect(stdout).toContain('WORKLOAD_DOWN');
    await sh(`devreg create --name ${cluster.name} --profile raibid`);
    await isUp('my-app');
    for (const shown of [notPulled, refused]) expect(await explain(shown), shown).toContain('-n raibid-system');
  });
});

it('runs every block, or says why not', () => {
  replay.expectWhole();
});
