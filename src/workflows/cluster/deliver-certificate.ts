/** Brings a new certificate to registry and ingress of a cluster, which read it again by themselves. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { KubeApi } from '../../kube/kube-api.ts';
import type { Folders } from '../../state/folders.ts';
import { authorityCertificate } from '../../state/paths.ts';
import type { ClusterRecord } from '../../state/record.ts';
import { doorsOf, ownDoor } from '../door.ts';
import { askDoor } from './door-check.ts';

/** Pods with the certificate among their files. */
const PODS = 'app.kubernetes.io/part-of=devreg';

/** Tells kubelets that a pod has changed: then they look at its files at once, and not within the next 90 seconds. */
const ANNOTATION = 'devreg/certificate';

/** Milliseconds between looks, and how long they go on. */
const INTERVAL = 200;
const PATIENCE = 90_000;

/**
 * Puts the certificate into the Secret; its key stays.
 * @param certificate PEM
 * @throws DevregError of the API
 */
export async function deliverCertificate(api: KubeApi, namespace: string, certificate: string): Promise<void> {
  const key = { apiVersion: 'v1', kind: 'Secret', namespace, name: 'registry-tls' };
  await api.patch(key, { data: { 'tls.crt': Buffer.from(certificate).toString('base64') } });
  await announceCertificate(api, namespace, certificate);
}

/**
 * Makes the kubelet look at the certificate; nothing happens where it has been told before.
 * @throws DevregError of the API
 */
export async function announceCertificate(api: KubeApi, namespace: string, certificate: string): Promise<void> {
  const print = createHash('sha256').update(certificate).digest('hex').slice(0, 16);
  const pods = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace }, PODS);
  const untold = pods.filter(({ metadata }) => metadata.annotations?.[ANNOTATION] !== print);
  await Promise.all(
    untold.map(({ metadata: { name } }) =>
      api.patch(
        { apiVersion: 'v1', kind: 'Pod', namespace, name },
        { metadata: { annotations: { [ANNOTATION]: print } } },
      ),
    ),
  );
}

/** Waits until both doors are good for clients; after a while it is given up, for nothing more can be done here. */
export async function awaitServed(record: ClusterRecord, folders: Folders, outer: AbortSignal): Promise<void> {
  const authority = await readFile(authorityCertificate(folders), 'utf8');
  const doors = doorsOf(ownDoor(record, authority), record.settings);
  const end = Date.now() + PATIENCE;
  for (const door of doors) {
    while ((await askDoor(door)) !== undefined && Date.now() < end) await pause(INTERVAL, undefined, { signal: outer });
  }
}
