/** Which program the user has to push images with. */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../process/find-program.ts';

/** A program that pushes images. */
export type Client = 'docker' | 'podman' | 'skopeo';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds one that works: docker where its engine can be reached, else one that needs no engine.
 * @param engine of the cluster; whoever has it there has images in Podman
 */
export async function findClient(
  env: Environment,
  home: string,
  engine?: 'docker' | 'podman',
): Promise<Client | undefined> {
  if (engine !== 'podman' && (await findProgram('docker', env)) !== undefined && (await hasEngine(env, home)))
    return 'docker';
  if ((await findProgram('podman', env)) !== undefined) return 'podman';
  return (await findProgram('skopeo', env)) === undefined ? undefined : 'skopeo';
}

async function hasEngine(env: Environment, home: string): Promise<boolean> {
  if (env['DOCKER_HOST']) return true;
  const rootless = join(env['XDG_RUNTIME_DIR'] ?? home, 'docker.sock');
  const sockets = ['/var/run/docker.sock', rootless, join(home, '.docker', 'run', 'docker.sock')];
  for (const socket of sockets) if (await mayUse(socket)) return true;
  return false;
}

async function mayUse(socket: string): Promise<boolean> {
  return access(socket, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}
