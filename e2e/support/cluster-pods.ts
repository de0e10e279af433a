/** Pods as a user writes them, and waiting for what becomes of them. */
import type { ClusterUser } from './cluster-user.ts';
import type { MadeCluster } from './cluster-creation.ts';
import { failure } from './program.ts';

/** What a pod runs. */
export interface PodWish {
  readonly image: string;
  /** Whether the node has the image, and asks no registry. */
  readonly isLoaded?: boolean;
  readonly node?: string;
  readonly namespace?: string;
  /** Arguments for the image's program, one container after the other; the last one's log is what the pod said. */
  readonly steps?: readonly (readonly string[])[];
  /** Files from ConfigMaps and Secrets, by the folder they are in. */
  readonly files?: Readonly<Record<string, { readonly configMap: string } | { readonly secret: string }>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A pod that is given its image by the registry each time, unless it is loaded, and has no pull secret. */
function podManifest(
  name: string,
  { image, isLoaded = false, node, namespace = 'default', steps, files, env }: PodWish,
): string {
  const mounts = Object.entries(files ?? {});
  const container = {
    image,
    imagePullPolicy: isLoaded ? 'Never' : 'Always',
    env: Object.entries(env ?? {}).map(([key, value]) => ({ name: key, value })),
    volumeMounts: [
      { name: 'scratch', mountPath: '/scratch' },
      ...mounts.map(([mountPath], index) => ({ name: `files-${index}`, mountPath })),
    ],
  };
  const steppers = (steps ?? []).map((args, index) => ({ ...container, name: `step-${index}`, args }));
  const volumes = mounts.map(([, source], index) => ({
    name: `files-${index}`,
    ...('configMap' in source ? { configMap: { name: source.configMap } } : { secret: { secretName: source.secret } }),
  }));
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      ...(node !== undefined && { nodeName: node, tolerations: [{ operator: 'Exists' }] }),
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      ...(steppers.length > 0 && { restartPolicy: 'Never', initContainers: steppers.slice(0, -1) }),
      containers: steppers.length > 0 ? steppers.slice(-1) : [{ ...container, name: 'app' }],
      volumes: [{ name: 'scratch', emptyDir: {} }, ...volumes],
    },
  });
}

/** Types a line of kubectl for one cluster. @throws ProgramFailed unless it ends with 0 */
export async function kubectl(user: ClusterUser, { context }: MadeCluster, line: string, input = ''): Promise<string> {
  return (await user.sh(`kubectl --context ${context} ${line}`, { input })).stdout;
}

/** Starts a pod and waits until it is ready. @throws ProgramFailed with the events when it is not */
export async function runPod(user: ClusterUser, cluster: MadeCluster, name: string, wish: PodWish): Promise<void> {
  await kubectl(user, cluster, 'apply -f -', podManifest(name, wish));
  await awaitPod(user, cluster, name, wish, 'jsonpath=\'{.status.conditions[?(@.type=="Ready")].status}\'=True');
}

/** Runs the steps of a pod to the end. @returns what the last one said @throws ProgramFailed with every log otherwise */
export async function runSteps(user: ClusterUser, cluster: MadeCluster, name: string, wish: PodWish): Promise<string> {
  await kubectl(user, cluster, 'apply -f -', podManifest(name, wish));
  await awaitPod(user, cluster, name, wish, "jsonpath='{.status.phase}'=Succeeded");
  return kubectl(user, cluster, `-n ${wish.namespace ?? 'default'} logs ${name}`);
}

async function awaitPod(
  user: ClusterUser,
  { context }: MadeCluster,
  name: string,
  { namespace = 'default' }: PodWish,
  wanted: string,
): Promise<void> {
  const kube = `kubectl --context ${context} -n ${namespace}`;
  const line = `${kube} wait pod/${name} --timeout=90s --for=${wanted}`;
  const story = `${kube} describe pod/${name} | tail -n 40; ${kube} logs ${name} --all-containers --prefix || true`;
  const finished = await user.sh(`${line} || { ${story}; echo FAILED; }`);
  if (finished.stdout.endsWith('FAILED')) throw failure(line, { ...finished, exitCode: 1 });
}
