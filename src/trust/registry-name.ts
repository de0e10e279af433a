/** Names of registries that may become the name of a folder, or text in somebody's settings. Pure. */
import { DevregError } from '../errors.ts';

const NAME = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * Accepts `host` and `host:port`, as images are named.
 * @throws DevregError REGISTRY_INVALID
 */
export function parseRegistryName(text: string): string {
  if (NAME.test(text) && !text.includes('..')) return text;
  throw new DevregError('usage', 'REGISTRY_INVALID', `${JSON.stringify(text)} is not the host of a registry.`, {
    hint: 'Give host and port, such as localhost:5001.',
  });
}

/** The host of a registry's name. */
function hostOf(registry: string): string {
  return registry.replace(/:\d+$/, '');
}

/** Whether a name means this machine for every engine, so that Docker believes it without a certificate. */
export function isLoopbackName(registry: string): boolean {
  const host = hostOf(registry).toLowerCase();
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
