/** Which container holds a port of this machine. */
import type { Container, ContainerEngine } from './engine.ts';

/**
 * Finds the container that a TCP port leads into; its labels tell whose it is.
 * @returns undefined when the port is no container's
 */
export async function findPortPublisher(engine: ContainerEngine, port: number): Promise<Container | undefined> {
  const containers = await engine.listContainers();
  return containers.find(({ ports }) => ports.some(({ hostPort }) => hostPort === port));
}
