/** Finds the files that come with devreg: templates and manifests. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file that comes with devreg. */
export interface Asset {
  /** From the package's folder on, as errors name it: `templates/registry/storage.yaml.hbs`. */
  readonly path: string;
  readonly text: string;
}

/**
 * Reads a file below `templates/` or `manifests/`.
 * @param path from the package's folder on, with forward slashes
 */
export async function readAsset(path: string): Promise<Asset> {
  return { path, text: await readFile(join(packageFolder(), path), 'utf8') };
}

/** devreg's own folder: two levels up from the source, and one from the bundle. */
export function packageFolder(from: string = import.meta.dirname): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const above = dirname(from);
  if (above === from) throw new Error(`There is no package.json above ${import.meta.dirname}.`);
  return packageFolder(above);
}
