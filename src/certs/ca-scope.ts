/** What a CA may vouch for: the domains and networks that its certificate is constrained to. */
import { BlockList, isIPv6 } from 'node:net';
import { DevregError } from '../errors.ts';
import { toDomain, toAddress, type SubjectName } from './subject-name.ts';

/** As RFC 5280 has it, a scope without any domain restricts no DNS name, one without any network no address. */
export interface CaScope {
  /** Each stands for itself and everything below it. */
  readonly domains: readonly string[];
  /** Address, slash, length of the prefix. */
  readonly networks: readonly string[];
}

/**
 * What can only ever mean this machine, its clusters and its own network. A CA lives for years, so this holds all that
 * a registry may be called by without asking:
 * - `svc` and `cluster.local` end the names of services, `devreg` their short form `registry.devreg` (a namespace, and
 *   no top-level domain);
 * - the two under `internal` are the engines' names for the host, as seen from their containers.
 *
 * Link-local addresses are left out: nobody dials a registry by one, and cloud metadata lives there.
 */
export const DEFAULT_SCOPE: CaScope = {
  domains: ['localtest.me', 'localhost', 'cluster.local', 'svc', 'devreg', 'docker.internal', 'containers.internal'],
  networks: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/**
 * The default scope and more.
 * @param additions domains, networks (`10.9.0.0/16`) and single addresses
 * @throws DevregError SCOPE_INVALID
 */
export function widenScope(additions: readonly string[]): CaScope {
  const domains = [...DEFAULT_SCOPE.domains];
  const networks = [...DEFAULT_SCOPE.networks];
  for (const text of additions) {
    const network = toNetwork(text);
    const domain = network === undefined ? toDomain(text) : undefined;
    if (network !== undefined) networks.push(network);
    else if (domain !== undefined) domains.push(domain);
    else throw scopeInvalid(text);
  }
  return { domains, networks };
}

/** Whether the scope covers a name; a wildcard is covered when every name it stands for is. */
export function permits(scope: CaScope, name: SubjectName): boolean {
  if (name.kind === 'dns') {
    const domain = name.value.replace(/^\*\./, '');
    return scope.domains.length === 0 || scope.domains.some((base) => domain === base || domain.endsWith(`.${base}`));
  }
  if (scope.networks.length === 0) return true;
  const networks = new BlockList();
  for (const network of scope.networks) {
    const [address, prefix] = splitNetwork(network);
    networks.addSubnet(address, prefix, familyOf(address));
  }
  return networks.check(name.value, familyOf(name.value));
}

/** @returns the network's address and the length of its prefix in bits */
export function splitNetwork(network: string): [address: string, prefix: number] {
  const slash = network.indexOf('/');
  return [network.slice(0, slash), Number(network.slice(slash + 1))];
}

function toNetwork(text: string): string | undefined {
  const [addressText = '', prefixText, ...rest] = text.split('/');
  const address = toAddress(addressText);
  if (address === undefined || rest.length > 0) return undefined;
  const longest = isIPv6(address) ? 128 : 32;
  if (prefixText === undefined) return `${address}/${longest}`;
  const isPrefix = /^\d{1,3}$/.test(prefixText) && Number(prefixText) >= 1 && Number(prefixText) <= longest;
  return isPrefix ? `${address}/${Number(prefixText)}` : undefined;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

function scopeInvalid(text: string): DevregError {
  return new DevregError('usage', 'SCOPE_INVALID', `${JSON.stringify(text)} is neither a domain nor a network.`, {
    hint: 'A scope is a domain such as corp.example (it covers everything below it) or a network such as 10.9.0.0/16.',
  });
}
