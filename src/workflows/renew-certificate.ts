/** Issues the certificate of a registry anew, and brings it to whoever serves it: a process reads its file again. */
import { reissueLeaf } from '../certs/store.ts';
import type { ClusterProvider } from '../cluster/cluster-provider.ts';
import { registryAddress } from '../cluster/service-address.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import type { Folders } from '../state/folders.ts';
import { lockName } from '../state/name-lock.ts';
import { authorityFolder, registryPaths } from '../state/paths.ts';
import type { ClusterRecord } from '../state/record.ts';
import { configureKind } from './cluster/configure-kind.ts';
import { certificateRequest } from './cluster/plan-cluster.ts';
import { awaitServed, deliverCertificate } from './cluster/deliver-certificate.ts';
import { type DueCertificate, certificateHome, findDue } from './due-certificates.ts';
import type { Progress } from './progress.ts';
import { certificateNames } from './server-certificate.ts';

/** What renewing works with. */
export interface RenewPorts {
  readonly folders: Folders;
  readonly progress: Progress;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Opens the clusters of a record's engine. */
  readonly openClusters: (record: ClusterRecord) => Promise<ClusterProvider>;
  readonly openApi: (kubeconfig: string) => Promise<KubeApi>;
}

/** Milliseconds that another devreg with the same registry is waited for. */
const LOCK_MS = 5_000;

/**
 * Renews, unless somebody else has done so meanwhile; a cluster that does not run gets its certificate when it starts.
 * @throws DevregError of certificates, files, engine and API; the signal's reason when it aborts, or a TimeoutError
 */
export async function renewCertificate({ record }: DueCertificate, ports: RenewPorts): Promise<void> {
  const { folders, now, progress, signal } = ports;
  const { lock } = registryPaths(folders, record.name);
  using _lock = await lockName(lock, AbortSignal.any([signal, AbortSignal.timeout(LOCK_MS)]), () => {});
  const [due] = await findDue([record], folders, now());
  if (due === undefined) return;
  const isRenewed = record.provider === 'kind' ? await renewInCluster(due, record, ports) : await renewFile(due, ports);
  if (isRenewed) progress.note(`The certificate of ${record.name} was issued anew: it ${TOLD[due.phase]}.`);
}

const TOLD = { due: 'would have ended soon', over: 'had ended', early: 'was not valid yet' } as const;

async function renewFile({ record }: DueCertificate, { folders, now }: RenewPorts): Promise<boolean> {
  const names = certificateNames(record.settings.host);
  const home = certificateHome(record, folders);
  await reissueLeaf(home, authorityFolder(folders), names, { now: now() }, async () => {});
  return true;
}

async function renewInCluster({ phase }: DueCertificate, record: ClusterRecord, ports: RenewPorts): Promise<boolean> {
  const { folders, progress, now, signal, openClusters, openApi } = ports;
  const { name, settings } = record;
  const clusters = await openClusters(record);
  const nodes = await clusters.listNodes(name);
  if (record.stage !== 'ready' || nodes.length === 0 || !nodes.every(({ isRunning }) => isRunning)) return false;
  const { serviceSubnet } = await configureKind(name, settings, progress);
  const request = certificateRequest(name, settings, registryAddress(serviceSubnet), { folders, now, owner: '' });
  const api = await openApi(await clusters.readKubeconfig(name));
  const deliver = (certificate: string) => deliverCertificate(api, settings.namespace, certificate);
  const home = certificateHome(record, folders);
  await reissueLeaf(home, request.authorityFolder, request.names, { now: now() }, deliver);
  // Until then clients refuse the one that has ended.
  if (phase === 'over') await awaitServed(record, folders, signal);
  return true;
}
