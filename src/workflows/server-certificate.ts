/** A server's certificate from the user's own authority, made or renewed when need be. */
import { DEFAULT_SCOPE, permits } from '../certs/ca-scope.ts';
import { checkLeaf, ensureAuthority, ensureLeaf, type LeafDoubt, type Outcome } from '../certs/store.ts';
import { parseSubjectName } from '../certs/subject-name.ts';
import { DevregError, isDevregError } from '../errors.ts';
import { certificateFolder } from './data-folder.ts';

/** What a server needs for TLS, and its clients. */
export interface ServerCertificate {
  /** The authority's certificate: the file, and its text. */
  readonly ca: { readonly file: string; readonly pem: string; readonly outcome: Outcome };
  readonly cert: string;
  readonly key: string;
}

/** What is needed to make one. */
export interface ServerCertificateRequest {
  /** The folder of the user's authority. */
  readonly authorityFolder: string;
  readonly dataDir: string;
  readonly names: readonly string[];
  /** Whose a new authority is, `user@host`. */
  readonly owner: string;
  readonly now: Date;
  /** What to do about a name that the authority may not vouch for. */
  readonly outsideHint: string;
}

/** The registry's name inside a cluster. */
const IN_CLUSTER = 'registry.devreg.svc.cluster.local';

/** Names that every registry of this machine has. */
const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1', IN_CLUSTER];

/** The names in the certificate of a registry: its host, the host's neighbours, and those of this machine. */
export function certificateNames(host: string): string[] {
  return [...new Set([host, ...neighboursOf(host), ...LOCAL_NAMES])];
}

/** The names in the certificate of a registry without a host of its own, at these addresses. */
export function addressNames(addresses: readonly string[], more: readonly string[]): string[] {
  const own = addresses.filter((address) => address !== '0.0.0.0' && address !== '::' && isOurs(address));
  return [...new Set([...LOCAL_NAMES, ...own, ...more])];
}

/**
 * Ensures authority and certificate.
 * @throws DevregError NAME_OUTSIDE_CA, NAME_INVALID, CA_EARLY, CERTIFICATE_DAMAGED, or when the file system refuses
 */
export async function ensureServerCertificate(request: ServerCertificateRequest): Promise<ServerCertificate> {
  const { authorityFolder, dataDir, names, owner, now, outsideHint } = request;
  const { authority, files, outcome } = await ensureAuthority(authorityFolder, { owner, now, renew: true });
  const leaf = await withHint(outsideHint, () => ensureLeaf(certificateFolder(dataDir), authority, names, { now }));
  return {
    ca: { file: files.certificate, pem: authority.certificate.toString(), outcome },
    cert: leaf.files.certificate,
    key: leaf.files.key,
  };
}

/**
 * Looks what `ensureServerCertificate` would do, and does nothing of it.
 * @returns why there would be another certificate, undefined when the one that is there is good
 * @throws as it does
 */
export async function checkServerCertificate({
  authorityFolder,
  dataDir,
  names,
  now,
  outsideHint,
}: Omit<ServerCertificateRequest, 'owner'>): Promise<LeafDoubt | undefined> {
  return withHint(outsideHint, () => checkLeaf(certificateFolder(dataDir), authorityFolder, names, { now }));
}

/** A wildcard stands for one label, and clients refuse one directly below a top-level domain. */
function neighboursOf(host: string): string[] {
  const parent = host.split('.').slice(1).join('.');
  const wildcard = `*.${parent}`;
  return parent.includes('.') && parseSubjectName(host).kind === 'dns' && isOurs(wildcard) ? [wildcard] : [];
}

function isOurs(name: string): boolean {
  return permits(DEFAULT_SCOPE, parseSubjectName(name));
}

async function withHint<T>(hint: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDevregError(error) || error.code !== 'NAME_OUTSIDE_CA') throw error;
    throw new DevregError(error.kind, error.code, error.message, { hint, cause: error });
  }
}
