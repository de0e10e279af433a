/** What a registry does unless told otherwise. */
import type { RegistryConfig } from './config.ts';
import { DEFAULT_TRUSTED_PROXIES } from './http/origin.ts';

/** Milliseconds that open requests get when the registry closes; container engines kill after ten seconds. */
const GRACE_MS = 8_000;

const HOUR_MS = 60 * 60_000;

/** A push may take so long from its first question to its manifest; whoever asks again gets a new lease. */
const GC_LEASE_MS = HOUR_MS;

/** An upload that broke off may be gone on with the next day. */
const UPLOAD_IDLE_MS = 24 * HOUR_MS;

/** Every setting but where data is kept and where to listen. */
export const REGISTRY_DEFAULTS: Omit<RegistryConfig, 'dataDir' | 'listen'> = {
  tls: undefined,
  users: [],
  anonymousPush: false,
  requireOwner: false,
  allowDelete: true,
  allowSparse: false,
  durability: 'full',
  gcInterval: HOUR_MS,
  gcLease: GC_LEASE_MS,
  uploadIdle: UPLOAD_IDLE_MS,
  routes: [],
  trustedProxies: DEFAULT_TRUSTED_PROXIES,
  grace: GRACE_MS,
  logLevel: 'info',
};
