/** Where the CA and the servers' certificates are kept: read when they are there and good, made when they are not. */
import { DevregError } from '../errors.ts';
import { AUTHORITY_KEY_BITS, createAuthority, renewAuthority, type Authority } from './authority.ts';
import type { CaScope } from './ca-scope.ts';
import { describeCertificate, type CertificateFacts } from './certificate-facts.ts';
import { issueLeaf, LEAF_KEY_BITS, needsRenewal, type Leaf, type RenewalReason } from './leaf.ts';
import { ensurePair, pairFilesIn, readPair, replaceCertificate, type PairFiles } from './pair-files.ts';
import { damaged } from './pem.ts';
import { phaseOf } from './validity.ts';

/** What happened: it was there, it was made, or its certificate was made again for the same key. */
export type Outcome = 'kept' | 'made' | 'renewed';

/** A CA that is on disk. */
export interface StoredAuthority {
  readonly authority: Authority;
  readonly facts: CertificateFacts;
  readonly files: PairFiles;
  readonly outcome: Outcome;
}

/** How the CA is to be found or made. */
export interface AuthorityOptions {
  readonly now: Date;
  /** Whose a new CA is, `user@host`. */
  readonly owner: string;
  /** What a new CA may vouch for; one that is there keeps its scope. */
  readonly scope?: CaScope;
  /** Renew a CA in its last 30 days or after, which its clients must then be told; refused when absent. */
  readonly renew?: boolean;
}

/**
 * Finds the CA in `ca.crt` and `ca.key` of the folder, or makes it there.
 * @throws DevregError CA_DUE or CA_OVER unless it may be renewed, CA_EARLY, CERTIFICATE_DAMAGED, or when the file system
 *   refuses
 */
export async function ensureAuthority(folder: string, options: AuthorityOptions): Promise<StoredAuthority> {
  const files = pairFilesIn(folder, 'ca');
  const pair = await ensurePair(folder, files, AUTHORITY_KEY_BITS, (key) => createAuthority({ ...options, key }));
  if (pair.made) return storedAuthority(pair, files, 'made');
  refuseForeign(pair, files);
  const phase = phaseOf(pair.certificate, options.now);
  if (phase === 'fresh') return storedAuthority(pair, files, 'kept');
  if (phase === 'early' || options.renew !== true) throw notValid(pair, files, phase, options.now);
  const renewed = await renewAuthority(pair, options.now);
  await replaceCertificate(files, renewed.certificate);
  return storedAuthority(renewed, files, 'renewed');
}

/** A leaf that is on disk. */
export interface StoredLeaf {
  readonly leaf: Leaf;
  readonly facts: CertificateFacts;
  readonly files: PairFiles;
  readonly outcome: Outcome;
  /** Why it was renewed. */
  readonly reason: RenewalReason | undefined;
}

/**
 * Finds the certificate in `tls.crt` and `tls.key` of the folder, or makes it there; renews it when it is due, lacks
 * a name, or is another CA's. Renewal keeps the key, so a server that reads the two files always gets a pair.
 * @param names DNS names, wildcards and IP addresses it must be good for
 * @throws DevregError as `issueLeaf` does, CERTIFICATE_DAMAGED, or a refusal of the file system
 */
export async function ensureLeaf(
  folder: string,
  authority: Authority,
  names: readonly string[],
  { now }: { readonly now: Date },
): Promise<StoredLeaf> {
  const files = pairFilesIn(folder, 'tls');
  const pair = await ensurePair(folder, files, LEAF_KEY_BITS, (key) => issueLeaf(authority, { names, now, key }));
  if (pair.made) return storedLeaf(pair, files, 'made');
  const reason = needsRenewal(pair, authority, names, now);
  if (reason === undefined) return storedLeaf(pair, files, 'kept');
  const renewed = await issueLeaf(authority, { names, now, key: pair.key });
  await replaceCertificate(files, renewed.certificate);
  return storedLeaf(renewed, files, 'renewed', reason);
}

/**
 * Issues the certificate in `tls.crt` of the folder anew, for the key beside it. The file changes last: whoever is ended
 * before finds it as due as it was.
 * @param deliver brings the new certificate, PEM, to whoever serves it elsewhere
 * @throws DevregError as `issueLeaf` does, CERTIFICATE_DAMAGED, CA_DUE, CA_OVER, CA_EARLY, or a refusal of the file system;
 *   what `deliver` throws
 */
export async function reissueLeaf(
  folder: string,
  authorityFolder: string,
  names: readonly string[],
  { now }: { readonly now: Date },
  deliver: (certificate: string) => Promise<void>,
): Promise<void> {
  const files = pairFilesIn(folder, 'tls');
  const [leaf, authority] = await Promise.all([readPair(files), readPair(pairFilesIn(authorityFolder, 'ca'))]);
  if (leaf === undefined || authority === undefined) return;
  const phase = phaseOf(authority.certificate, now);
  if (phase !== 'fresh') throw notValid(authority, pairFilesIn(authorityFolder, 'ca'), phase, now);
  const renewed = await issueLeaf(authority, { names, now, key: leaf.key });
  await deliver(renewed.certificate.toString());
  await replaceCertificate(files, renewed.certificate);
}

/** Why a certificate would be made, or made again; `missing`: there is none, or no CA. */
export type LeafDoubt = RenewalReason | 'missing';

/**
 * Looks what `ensureLeaf` would do, and does nothing of it.
 * @param authorityFolder where the CA is
 * @returns undefined when it would be kept
 * @throws DevregError CERTIFICATE_DAMAGED, NAME_INVALID, or when the file system refuses
 */
export async function checkLeaf(
  folder: string,
  authorityFolder: string,
  names: readonly string[],
  { now }: { readonly now: Date },
): Promise<LeafDoubt | undefined> {
  const [leaf, authority] = await Promise.all([
    readPair(pairFilesIn(folder, 'tls')),
    readPair(pairFilesIn(authorityFolder, 'ca')),
  ]);
  if (leaf === undefined || authority === undefined) return 'missing';
  return needsRenewal(leaf, authority, names, now);
}

function storedAuthority({ certificate, key }: Authority, files: PairFiles, outcome: Outcome): StoredAuthority {
  return { authority: { certificate, key }, facts: describeCertificate(certificate), files, outcome };
}

function storedLeaf(
  { certificate, key }: Leaf,
  files: PairFiles,
  outcome: Outcome,
  reason?: RenewalReason,
): StoredLeaf {
  return { leaf: { certificate, key }, facts: describeCertificate(certificate), files, outcome, reason };
}

function refuseForeign({ certificate }: Authority, files: PairFiles): void {
  const isRoot = certificate.ca && certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
  if (!isRoot) throw damaged(`${files.certificate} is not the certificate of a root authority.`, files.certificate);
}

function notValid(
  { certificate }: Authority,
  files: PairFiles,
  phase: 'early' | 'due' | 'over',
  now: Date,
): DevregError {
  const { notBefore, notAfter } = describeCertificate(certificate);
  if (phase === 'early') {
    const message = `The certificate authority ${files.certificate} is valid from ${notBefore.toISOString()} only.`;
    return new DevregError('failure', 'CA_EARLY', message, {
      hint: `Set the clock of this machine: it says ${now.toISOString()}.`,
    });
  }
  const [code, verb] = phase === 'due' ? ['CA_DUE', 'expires'] : ['CA_OVER', 'expired'];
  return new DevregError(
    'failure',
    code,
    `The certificate authority ${files.certificate} ${verb} on ${notAfter.toISOString()}.`,
    {
      hint: 'Run devreg create: it renews the authority. Wherever its certificate was installed, install the new one.',
    },
  );
}
