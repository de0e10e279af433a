/** How a cluster's objects shall be, from its plan and its secrets. */
import { readFile } from 'node:fs/promises';
import type { RegistryImage } from '../../image/registry-image.ts';
import type { ClusterView } from '../../rendering/cluster-view.ts';
import type { Credentials } from '../../state/credentials.ts';
import type { ClusterSettings } from '../../state/record.ts';
import type { ServerCertificate } from '../server-certificate.ts';
import { clusterViewOf } from './cluster-views.ts';
import type { ClusterPlan } from './plan-cluster.ts';

/** The registry's image by its name, and where devreg has it; undefined for one of the user's own. */
export interface FoundImage {
  readonly reference: string;
  readonly archive: RegistryImage | undefined;
}

/** An image of the user's own is loaded from the engine, or pulled by the node when its pod starts. */
export async function findImage(
  { registryImage: own }: Pick<ClusterSettings, 'registryImage'>,
  { registryImage }: { readonly registryImage: () => Promise<RegistryImage> },
): Promise<FoundImage> {
  if (own !== undefined) return { reference: own, archive: undefined };
  const archive = await registryImage();
  return { reference: archive.reference, archive };
}

/**
 * Reads what is needed besides.
 * @param image the registry's, by its name
 * @param version of devreg
 * @throws when the certificate cannot be read
 */
export async function viewOf(
  {
    name,
    settings,
    clusterIP,
    certificate,
    config,
  }: Pick<ClusterPlan, 'name' | 'settings' | 'clusterIP' | 'certificate' | 'config'>,
  credentials: Credentials,
  image: string,
  version: string,
): Promise<ClusterView> {
  const tls = certificate === undefined ? undefined : await readCertificate(certificate);
  const facts = { cluster: name, version, image, clusterIP, trustedProxies: config.podSubnets, credentials, tls };
  return clusterViewOf(settings, facts);
}

async function readCertificate({ ca, cert, key }: ServerCertificate): Promise<ClusterView['tls']> {
  const [certificate = '', secret = ''] = await Promise.all([cert, key].map((file) => readFile(file, 'utf8')));
  return { certificate, key: secret, authority: ca.pem };
}
