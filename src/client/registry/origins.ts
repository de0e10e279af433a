/** Which places a registry may lead its clients to. Pure. */

/** Whether a host, as URLs have it, is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Addresses at which clouds hand out secrets to whoever asks from inside. */
function isLinkLocal(host: string): boolean {
  return /^169\.254\.\d+\.\d+$/.test(host) || /^\[fe[89ab]/i.test(host) || /^\[::ffff:a9fe:/i.test(host);
}

/** An IPv4 address in IPv6 clothes; URLs write it in hexadecimal. */
function isMappedLoopback(host: string): boolean {
  return /^\[::ffff:7f[0-9a-f]{2}:/i.test(host);
}

/**
 * Why one may not be led from one place to another: to another protocol than HTTP, from TLS to none, into this machine
 * or its neighbourhood from outside.
 * @returns the reason, as it goes after "leads to": `file:/etc, which is no web address`; undefined: one may
 */
export function strayReason(from: URL, to: URL): string | undefined {
  if (to.protocol !== 'https:' && to.protocol !== 'http:') return `${to.protocol}, which is no web address`;
  if (from.protocol === 'https:' && to.protocol === 'http:') return `${to.origin}, without TLS`;
  if (to.username !== '' || to.password !== '') return `${to.origin} with credentials of its own`;
  if (to.hostname === from.hostname) return undefined;
  const isInside = isLoopback(to.hostname) || isMappedLoopback(to.hostname) || to.hostname === '0.0.0.0';
  if (isInside && !isLoopback(from.hostname)) return `${to.origin}, which is this machine`;
  if (isLinkLocal(to.hostname)) return `${to.origin}, which is no public address`;
  return undefined;
}
