/** The recipe of `devreg start`: a registry that is there runs again as it ran before. */
import { noSuchRegistry } from './chosen-registry.ts';
import { type CreatePorts, type CreatedRegistry, createRegistry } from './create.ts';
import { providerFixed } from './conflicts.ts';

/** What is asked for. */
export interface StartWish {
  readonly name: string;
  /** Milliseconds that the registry gets to become ready. */
  readonly timeout: number;
}

/**
 * Starts a registry with the ports, credentials and data it had, whether or not it runs; what `create` wrote for other
 * programs, and a certificate that is due, are made good on the way.
 * @throws DevregError REGISTRY_NOT_FOUND, PROVIDER_FIXED, and those of `createRegistry`
 */
export async function startRegistry({ name, timeout }: StartWish, ports: CreatePorts): Promise<CreatedRegistry> {
  const found = await ports.records.find(name);
  if (found === undefined) throw noSuchRegistry(name, await ports.records.list());
  if (found.provider !== 'process') throw providerFixed(found);
  return createRegistry({ name, wanted: {}, rotatePassword: false, mustExist: true, timeout }, ports);
}
