/** Which findings devreg may mend by itself, and how. Pure. */
import type { Finding } from './finding.ts';

/**
 * What devreg does: brings the registry to what it was made as, starts it, logs clients in again, or writes the hosts
 * file.
 */
export type Repair = 'reconcile' | 'start' | 'login' | 'hosts-file';

const REPAIRS: Readonly<Record<string, Repair>> = {
  AUTHORITY_LOST: 'reconcile',
  CERTIFICATE_DUE: 'reconcile',
  CERTIFICATE_EXPIRED: 'reconcile',
  CERTIFICATE_NAME: 'reconcile',
  CERTIFICATE_UNTRUSTED: 'reconcile',
  CLUSTER_STOPPED: 'start',
  DNS_NAMES_MISSING: 'reconcile',
  DNS_NAMES_WRONG: 'reconcile',
  DOOR_CLOSED: 'reconcile',
  HOST_NAME_UNKNOWN: 'hosts-file',
  LOGIN_STALE: 'login',
  NODE_TRUST_MISSING: 'reconcile',
  OBJECT_CHANGED: 'reconcile',
  OBJECT_MISSING: 'reconcile',
  PASSWORD_REFUSED: 'reconcile',
  REGISTRY_STOPPED: 'start',
  TRUST_FILE_MISSING: 'reconcile',
  WORKLOAD_DOWN: 'reconcile',
};

/** What is to be done about findings; nothing twice. */
export function repairsOf(findings: readonly Finding[]): ReadonlySet<Repair> {
  const repairs = findings
    .filter(({ state }) => state === 'problem' || state === 'warning')
    .map(({ code }) => (code === undefined ? undefined : REPAIRS[code]));
  return new Set(repairs.filter((repair) => repair !== undefined));
}
