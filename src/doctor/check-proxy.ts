/** Whether a proxy would get what is meant for the registry. Pure. */
import { BlockList, isIP } from 'node:net';
import { type Finding, ok, warning } from './finding.ts';

/** Who goes through which proxy. */
export interface ProxyReport {
  /** By whom: `the environment`, `Docker`. */
  readonly owner: 'environment' | 'engine';
  /** As it was given; may have a password in it. */
  readonly proxy: string | undefined;
  /** The names and addresses that go past it, separated by commas. */
  readonly noProxy: string;
}

/** Variables by which programs find proxies. */
export function readProxyVariables(env: Readonly<Record<string, string | undefined>>): ProxyReport {
  const read = (name: string) => env[name] || env[name.toLowerCase()] || undefined;
  return {
    owner: 'environment',
    proxy: read('HTTPS_PROXY') ?? read('HTTP_PROXY') ?? read('ALL_PROXY'),
    noProxy: read('NO_PROXY') ?? '',
  };
}

/**
 * Finds names that a proxy would get.
 * @param names without port: the registry's
 */
export function judgeProxy(report: ProxyReport, names: readonly string[]): Finding {
  const { owner, proxy, noProxy } = report;
  const check = owner === 'engine' ? 'engine-proxy' : 'proxy';
  const whose = owner === 'engine' ? 'The container engine' : 'The environment';
  if (proxy === undefined) return ok(check, `${whose} names no proxy.`);
  const caught = names.filter((name) => !isExempt(name, noProxy));
  if (caught.length === 0)
    return ok(check, `${whose} names the proxy ${withoutSecret(proxy)}, and not for the registry.`);
  const message = `${whose} sends ${caught.join(', ')} to the proxy ${withoutSecret(proxy)}, which does not know it.`;
  const all = [...noProxy.split(',').map((one) => one.trim()), ...caught].filter((one) => one !== '').join(',');
  if (owner === 'environment')
    return warning(check, 'PROXY_CATCHES', message, `export NO_PROXY='${all}' no_proxy='${all}'`);
  const setting = `{"proxies": {"no-proxy": "${all}"}}`;
  return warning(check, 'PROXY_CATCHES', message, `Add ${setting} to /etc/docker/daemon.json and restart the engine.`);
}

/**
 * Whether a name goes past the proxy, as Go's programs read the variable, and they are most of the registry's clients.
 * Those never ask a proxy for this machine itself, but curl does.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function isExempt(name: string, noProxy: string): boolean {
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase().replace(/:\d+$/, ''))
    .some((entry) => entry !== '' && matches(name.toLowerCase(), entry));
}

function matches(name: string, entry: string): boolean {
  if (entry === '*' || entry === name) return true;
  if (isIP(name) !== 0) return entry.includes('/') && isInRange(name, entry);
  const domain = entry.replace(/^\*?\./, '');
  const isWithin = name.endsWith(`.${domain}`);
  return isWithin || (entry === domain && name === domain);
}

function isInRange(address: string, range: string): boolean {
  const [base = '', length = ''] = range.split('/');
  const family = isIP(base);
  const bits = Number(length);
  if (
    family === 0 ||
    family !== isIP(address) ||
    !Number.isInteger(bits) ||
    bits < 0 ||
    bits > (family === 4 ? 32 : 128)
  )
    return false;
  const list = new BlockList();
  list.addSubnet(base, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** A proxy's address may have a user and a password in it. */
function withoutSecret(proxy: string): string {
  return proxy.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^@/]*@/i, '$1');
}
