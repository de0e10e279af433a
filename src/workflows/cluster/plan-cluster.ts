/** Everything that can be decided about a cluster before anything of it is made. */
import { join } from 'node:path';
import { registryAddress } from '../../cluster/service-address.ts';
import { readIfPresent } from '../../optional-files.ts';
import type { Folders } from '../../state/folders.ts';
import { authorityCertificate, authorityFolder, registryPaths } from '../../state/paths.ts';
import type { ClusterSettings } from '../../state/record.ts';
import { announceAuthority } from '../authority-news.ts';
import type { Progress } from '../progress.ts';
import {
  type ServerCertificate,
  type ServerCertificateRequest,
  certificateNames,
  ensureServerCertificate,
} from '../server-certificate.ts';
import { certificateFolder } from '../data-folder.ts';
import { type ClusterConfig, configureKind } from './configure-kind.ts';
import { SITE_HERE, type Site } from './engine-site.ts';
import { certificateExtras } from './registry-names.ts';

/** What planning works with. */
export interface PlanPorts {
  readonly folders: Folders;
  readonly progress: Progress;
  /** Whose a new certificate authority is, `user@host`. */
  readonly owner: string;
  readonly now: () => Date;
}

/** A cluster as it shall be. */
export interface ClusterPlan {
  readonly name: string;
  readonly settings: ClusterSettings;
  /** Where its ports are; absent: on this machine. */
  readonly site?: Site;
  readonly config: ClusterConfig;
  /** The fixed address of the registry's Service. */
  readonly clusterIP: string;
  /** Undefined without TLS. */
  readonly certificate: ServerCertificate | undefined;
}

const OUTSIDE_HINT =
  'Choose a host below localtest.me or localhost, such as registry.localtest.me, or do without TLS by --protocol http.';

/**
 * Plans a cluster, and makes its certificate where there is none that will do.
 * @throws DevregError of the configuration, of certificates and of files
 */
export async function planCluster(
  name: string,
  settings: ClusterSettings,
  ports: PlanPorts,
  site: Site = SITE_HERE,
): Promise<ClusterPlan> {
  const config = await configureKind(name, settings, ports.progress, site);
  const clusterIP = registryAddress(config.serviceSubnet);
  const certificate = settings.tls === 'off' ? undefined : await ensureCertificate(name, settings, clusterIP, ports);
  return { name, settings, site, config, clusterIP, certificate };
}

async function ensureCertificate(
  name: string,
  settings: ClusterSettings,
  clusterIP: string,
  ports: PlanPorts,
): Promise<ServerCertificate> {
  const certificate = await ensureServerCertificate(certificateRequest(name, settings, clusterIP, ports));
  announceAuthority(certificate, ports.progress);
  return certificate;
}

/**
 * The certificate as it is, not made anew where that is due.
 * @returns undefined where there is none
 * @throws DevregError when the file system refuses
 */
export async function readServerCertificate(
  name: string,
  { folders }: Pick<PlanPorts, 'folders'>,
): Promise<ServerCertificate | undefined> {
  const file = authorityCertificate(folders);
  const folder = certificateFolder(registryPaths(folders, name).data);
  const [cert, key] = ['tls.crt', 'tls.key'].map((one) => join(folder, one));
  const [pem, ...leaf] = await Promise.all([file, cert, key].map((one) => readIfPresent(one ?? '')));
  if (pem === undefined || leaf.includes(undefined) || cert === undefined || key === undefined) return undefined;
  return { ca: { file, pem, outcome: 'kept' }, cert, key };
}

/** Whose certificate a cluster has, and for which names. */
export function certificateRequest(
  name: string,
  settings: ClusterSettings,
  clusterIP: string,
  { folders, owner, now }: Pick<PlanPorts, 'folders' | 'owner' | 'now'>,
): ServerCertificateRequest {
  return {
    authorityFolder: authorityFolder(folders),
    dataDir: registryPaths(folders, name).data,
    names: [...new Set([...certificateNames(settings.host), ...certificateExtras(settings, clusterIP)])],
    owner,
    now: now(),
    outsideHint: OUTSIDE_HINT,
  };
}
