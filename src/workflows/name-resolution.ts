/** Whether a name leads to this machine, asked in a way that never keeps anybody waiting for long. */
import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';

/** A server that has not answered by then is as good as none; the system's own look-up would wait for many seconds. */
const PATIENCE_MS = 300;

const HOSTS_FILES: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  win32: 'C:\\Windows\\System32\\drivers\\etc\\hosts',
};

/**
 * Looks a name up in the hosts file, then in DNS.
 * @param hostsFile where the system keeps names of its own
 * @returns whether every address of the name is this machine's loopback; false when there is none
 */
export async function resolvesHere(host: string, signal: AbortSignal, hostsFile: string): Promise<boolean> {
  if (host === 'localhost' || isIPv4(host)) return host === 'localhost' || isLoopback(host);
  const own = addressesIn(await readFile(hostsFile, 'utf8').catch(() => ''), host);
  const addresses = own.length > 0 ? own : await askDns(host, signal);
  return addresses.length > 0 && addresses.every(isLoopback);
}

/** Where a system keeps names of its own. */
export function hostsFileOf(platform: NodeJS.Platform): string {
  return HOSTS_FILES[platform] ?? '/etc/hosts';
}

function addressesIn(hosts: string, host: string): string[] {
  return hosts.split('\n').flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/);
    return address !== undefined && names.includes(host) ? [address] : [];
  });
}

async function askDns(host: string, signal: AbortSignal): Promise<string[]> {
  const { Resolver } = await import('node:dns/promises');
  const resolver = new Resolver({ timeout: PATIENCE_MS, tries: 1 });
  const cancel = () => resolver.cancel();
  const timer = setTimeout(cancel, PATIENCE_MS);
  signal.addEventListener('abort', cancel);
  try {
    return await resolver.resolve4(host);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}
