/** Opens the place where registries run, for the recipes to work with. */
import type { Program } from '../provider/process/child.ts';
import { createProcessProvider } from '../provider/process/process-provider.ts';
import type { RegistryProvider } from '../provider/provider.ts';

/**
 * Opens the provider.
 * @param program how to run this program once more
 * @param hostname the name of this machine
 */
export function openProvider(program: Program, hostname: string): RegistryProvider {
  return createProcessProvider(program, hostname);
}
