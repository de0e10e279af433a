/** Certificates for a registry where containers' tools look for them: `certs.d/HOST/`. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf, translateReadErrors } from '../../errors.ts';

/** What a folder of certificates has. */
export interface RegistryCertificates {
  /** Authorities to trust, PEM. */
  readonly authorities: readonly string[];
  /** What is shown to who asks for one. */
  readonly client: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * The folders in which a registry's certificates may be, by the rules of podman and docker.
 * @see https://github.com/containers/image/blob/main/docs/containers-certs.d.5.md
 */
export function certsFolders(
  host: string,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const config = env['XDG_CONFIG_HOME'] || join(home, '.config');
  return [join(config, 'containers'), '/etc/containers', '/etc/docker'].map((folder) => join(folder, 'certs.d', host));
}

/**
 * Reads the certificates of the first folder that is there.
 * @throws DevregError FILE_DENIED and others of the file system
 */
export async function readCertificates(folders: readonly string[]): Promise<RegistryCertificates> {
  for (const folder of folders) {
    const names = await translateReadErrors(folder, () => listIfThere(folder));
    if (names !== undefined) return translateReadErrors(folder, () => readAll(folder, names));
  }
  return { authorities: [], client: undefined };
}

async function readAll(folder: string, names: readonly string[]): Promise<RegistryCertificates> {
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const authorities = await Promise.all(names.filter((name) => name.endsWith('.crt')).map(read));
  const cert = names.find((name) => name.endsWith('.cert') && names.includes(name.replace(/cert$/, 'key')));
  const client =
    cert === undefined ? undefined : { cert: await read(cert), key: await read(cert.replace(/cert$/, 'key')) };
  return { authorities, client };
}

async function listIfThere(folder: string): Promise<readonly string[] | undefined> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return undefined;
    throw error;
  }
}
