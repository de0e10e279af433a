/** Everything that can be decided about a cluster before anything of it is made. */
import { registryAddress } from '../../cluster/service-address.ts';
import type { Folders } from '../../state/folders.ts';
import { authorityFolder, registryPaths } from '../../state/paths.ts';
import type { ClusterSettings } from '../../state/record.ts';
import { announceAuthority } from '../authority-news.ts';
import type { Progress } from '../progress.ts';
import { type ServerCertificate, certificateNames, ensureServerCertificate } from '../server-certificate.ts';
import { type ClusterConfig, configureKind } from './configure-kind.ts';
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
export async function planCluster(name: string, settings: ClusterSettings, ports: PlanPorts): Promise<ClusterPlan> {
  const config = await configureKind(name, settings, ports.progress);
  const clusterIP = registryAddress(config.serviceSubnet);
  const certificate = settings.tls === 'off' ? undefined : await ensureCertificate(name, settings, clusterIP, ports);
  return { name, settings, config, clusterIP, certificate };
}

async function ensureCertificate(
  name: string,
  settings: ClusterSettings,
  clusterIP: string,
  { folders, progress, owner, now }: PlanPorts,
): Promise<ServerCertificate> {
  const certificate = await ensureServerCertificate({
    authorityFolder: authorityFolder(folders),
    dataDir: registryPaths(folders, name).data,
    names: [...new Set([...certificateNames(settings.host), ...certificateExtras(settings, clusterIP)])],
    owner,
    now: now(),
    outsideHint: OUTSIDE_HINT,
  });
  announceAuthority(certificate, progress);
  return certificate;
}
