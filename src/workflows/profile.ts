/** What a profile, or a Service on the nodes' ports, asks for besides what the user does. Pure. */
import { PROFILES, type Profile } from '../config/profiles.ts';
import type { ClusterSettings, Endpoint, ProfileName } from '../state/record.ts';

/** What is asked for; the rest stays as it was, or becomes the default. */
export type Wish<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/**
 * Completes what is asked of a registry that runs by itself.
 * @param before its settings until now; undefined for a new one
 * @param defaults what it would have without any profile
 */
export function completeEndpoint<T extends Endpoint>(
  wanted: Wish<T>,
  before: T | undefined,
  defaults: Wish<T>,
): Wish<T> {
  return complete(wanted, before, defaults, (profile) => endpointOf(profile) as Wish<T>);
}

/** Completes what is asked of a cluster. */
export function completeCluster(
  wanted: Wish<ClusterSettings>,
  before: ClusterSettings | undefined,
  defaults: ClusterSettings,
): Wish<ClusterSettings> {
  const isNew = wanted.serviceType === 'NodePort' && before?.serviceType !== 'NodePort';
  const isAlone = isNew && wanted.ingress !== 'traefik' && wanted.profile === undefined;
  const more = isAlone ? { ...ON_NODES, ...followDoor(given(wanted), ON_NODES) } : wanted;
  return complete(more, before, defaults, (profile) => ({
    ...endpointOf(profile),
    ...profile.cluster,
  }));
}

/**
 * The password that a profile brings along; undefined when it brings none, or is not new.
 * @param before the profile until now
 */
export function profilePassword(wanted: ProfileName | undefined, before: ProfileName | undefined): string | undefined {
  const profile: Profile | undefined = wanted === undefined || wanted === before ? undefined : PROFILES[wanted];
  return profile?.password;
}

/** Without an ingress the one port of the nodes is the only way in, and needs one port of this machine (S1-03). */
const ON_NODES = { host: 'localhost', port: 5001, registryPort: 5001, ingress: 'none' } as const;

/** A profile that was asked for before has had its say: what was changed since stays. */
function complete<T extends Endpoint>(
  wanted: Wish<T>,
  before: T | undefined,
  defaults: Wish<T>,
  valuesOf: (profile: Profile) => Wish<T>,
): Wish<T> {
  const name = wanted.profile;
  const isNew = name !== undefined && name !== before?.profile;
  const left = isNew && before?.profile !== undefined ? valuesOf(PROFILES[before.profile]) : {};
  const base = {
    ...Object.fromEntries(Object.keys(left).map((key) => [key, defaults[key as keyof T]])),
    ...(isNew && valuesOf(PROFILES[name])),
  } as Wish<T>;
  const own = labelHost(given(wanted), name ?? before?.profile);
  return { ...base, ...followDoor(own, { ...before, ...base }) };
}

function endpointOf({ host, port, registryPort, user, tls }: Profile): Wish<Endpoint> {
  return { host, port, registryPort, user, tls };
}

/** Where both ports are one, a change of either is a change of both. */
function followDoor<T extends Endpoint>(wanted: Wish<T>, there: Wish<Endpoint>): Wish<T> {
  const { port = wanted.registryPort, registryPort = wanted.port } = wanted;
  const isOne = there.port !== undefined && there.port === there.registryPort;
  return isOne && port !== undefined ? { ...wanted, port, registryPort } : wanted;
}

/** idpbuilder's host is the domain that its registry is below. */
function labelHost<T extends Endpoint>(wanted: Wish<T>, name: ProfileName | undefined): Wish<T> {
  const label = name === undefined ? undefined : (PROFILES[name] as Profile).label;
  const { host } = wanted;
  if (label === undefined || host === undefined || host.toLowerCase().startsWith(`${label}.`)) return wanted;
  return { ...wanted, host: `${label}.${host}` };
}

function given<T extends object>(wish: T): T {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) as T;
}
