/** What a registry does unless told otherwise. */
import type { RegistryConfig } from './config.ts';
import { DEFAULT_TRUSTED_PROXIES } from './http/origin.ts';

/** Milliseconds that open requests get when the registry closes; container engines kill after ten seconds. */
const GRACE_MS = 8_000;

/** Every setting but where data is kept and where to listen. */
export const REGISTRY_DEFAULTS: Omit<RegistryConfig, 'dataDir' | 'listen'> = {
  tls: undefined,
  users: [],
  anonymousPush: false,
  allowDelete: true,
  allowSparse: false,
  durability: 'full',
  routes: [],
  trustedProxies: DEFAULT_TRUSTED_PROXIES,
  grace: GRACE_MS,
};
