/** Who on this machine trusts which registry. */
import { isDevregError } from '../errors.ts';
import type { FoundFile } from '../trust/file-plan.ts';
import { TARGET_NAMES, type TrustSubject } from '../trust/target.ts';
import { collectWants } from '../trust/trust-plan.ts';
import { findFile } from '../trust/trust-files.ts';
import { type TrustState, judgeTrust, podmanCertPaths, podmanInsecurePaths } from '../trust/trust-status.ts';
import type { TrustMachine } from './trust-machine.ts';

export type { TrustState };

/**
 * Looks at every target, whether or not it is on this machine.
 * @throws DevregError RECORD_DAMAGED
 */
export async function readTrust(subject: TrustSubject, machine: TrustMachine): Promise<TrustState[]> {
  const { host, env } = machine;
  const { registries, authority } = subject;
  const wants = collectWants(TARGET_NAMES, subject, host);
  const nodeExtra = env['NODE_EXTRA_CA_CERTS'] || undefined;
  const paths = [
    ...wants.files.map(({ path }) => path),
    ...registries.flatMap((registry) => podmanCertPaths(host, registry)),
    ...podmanInsecurePaths(host),
    ...(nodeExtra === undefined ? [] : [nodeExtra]),
  ];
  const found = await findFiles(paths);
  const ledger = await machine.readLedger();
  return judgeTrust({ host, registries, authority, wants, found, ledger, nodeExtra });
}

async function findFiles(paths: readonly string[]): Promise<ReadonlyMap<string, FoundFile>> {
  return new Map(
    await Promise.all([...new Set(paths)].map(async (path) => [path, await findIfAllowed(path)] as const)),
  );
}

/** What this user may not read is there, or not: nobody knows. */
async function findIfAllowed(path: string): Promise<FoundFile> {
  try {
    return await findFile(path);
  } catch (error) {
    if (!isDevregError(error)) throw error;
    return { content: 'other', missingFolders: [] };
  }
}
