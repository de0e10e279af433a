/** The part of the self-test that is the cluster's: every node pulls the image, and a pod runs it. */
import { pullOnNode, removeFromNode } from '../../cluster/node-pull.ts';
import type { ContainerEngine } from '../../engine/engine.ts';
import type { KubeApi, KubeObject } from '../../kube/kube-api.ts';
import type { Pod } from '../../kube/workload-shapes.ts';
import { type FurtherSteps, type Probe, UNDO_MS, expectSame } from './self-test.ts';

/** The cluster. */
export interface ProbedCluster {
  readonly engine: ContainerEngine;
  readonly nodes: readonly string[];
  /** The registry by its names, `host:port`, as pods name images; the first is for the pod. */
  readonly names: readonly string[];
  readonly api: KubeApi;
}

const NAMESPACE = 'default';

/** The pod of a test that nobody could end is ended by the cluster. */
const POD_SECONDS = 120;

/** Reasons for which a container never starts. */
const HOPELESS =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

/** Steps for a cluster. */
export function clusterSteps({ engine, nodes, names, api }: ProbedCluster, signal: AbortSignal): FurtherSteps {
  return async (probe, journal) => {
    const { digest } = probe.image.manifest;
    const referenceBy = (name: string) => `${name}/${probe.repository}@${digest}`;
    for (const node of nodes) {
      journal.undo(`the image on ${node}`, () => removeFromNode(engine, node, digest, AbortSignal.timeout(UNDO_MS)));
      for (const name of names) {
        const what = `pull by ${node} as ${name}`;
        const pulled = await journal.step('node-pull', what, () => pullOnNode(engine, node, referenceBy(name), signal));
        if (pulled) await journal.step('digest', 'the same digest', () => expectSame(pulled, probe.image));
      }
    }
    const [name = ''] = names;
    journal.undo('the pod', async () => void (await api.remove(podKey(probe))));
    const said = await journal.step('pod', 'a pod', () => runPod(probe, referenceBy(name), api, signal));
    if (said !== undefined) await journal.step('pod', 'its log', () => expectLine(said, probe));
  };
}

function podKey({ nonce }: Probe) {
  return { apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE, name: `devreg-doctor-${nonce}` };
}

/** @returns what the pod said */
async function runPod(probe: Probe, image: string, api: KubeApi, signal: AbortSignal): Promise<string> {
  const key = podKey(probe);
  await api.apply(podOf(key.name, image));
  for await (const object of api.watch(key, signal)) {
    if (object === undefined) throw new Error('somebody removed it');
    const pod: Pod = object;
    const trouble = troubleOf(pod);
    if (trouble !== undefined) throw new Error(trouble);
    if (pod.status?.phase === 'Succeeded') break;
  }
  const lines: string[] = [];
  for await (const line of api.logs({ namespace: NAMESPACE, name: key.name }, { tail: 5 }, signal)) lines.push(line);
  return lines.join('\n');
}

async function expectLine(said: string, { line }: Probe): Promise<void> {
  if (said.trim() !== line) throw new Error(`it said ${JSON.stringify(said)} and not ${JSON.stringify(line)}`);
}

function troubleOf({ status }: Pod): string | undefined {
  const [container] = status?.containerStatuses ?? [];
  const waiting = container?.state?.waiting;
  if (waiting?.reason !== undefined && HOPELESS.test(waiting.reason))
    return `${waiting.reason}${waiting.message === undefined ? '' : `: ${waiting.message}`}`;
  if (status?.phase !== 'Failed') return undefined;
  const { exitCode, message } = container?.state?.terminated ?? {};
  return message ?? status.message ?? `it ended with ${exitCode}`;
}

/** It asks the registry each time, needs nothing, and may do nothing. */
function podOf(name: string, image: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels: { 'app.kubernetes.io/managed-by': 'devreg' } },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: POD_SECONDS,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
      containers: [
        {
          name: 'probe',
          image,
          imagePullPolicy: 'Always',
          resources: { requests: { cpu: '1m', memory: '4Mi' }, limits: { memory: '32Mi' } },
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          },
        },
      ],
    },
  };
}
