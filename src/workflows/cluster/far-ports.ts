/** Ports of another machine that nothing seems to have: nobody can try them from here. */
import { randomInt } from 'node:crypto';
import type { ContainerEngine } from '../../engine/engine.ts';

/** Below what systems give away by themselves, above what services have by custom, and apart from ports of nodes. */
const FIRST = 20_000;
const LAST = 29_999;

/**
 * Draws ports that no container of the engine has.
 * @param taken further ports that will not do
 * @returns as many as asked for, all different
 */
export async function chooseFarPorts(
  engine: ContainerEngine,
  count: number,
  taken: readonly number[] = [],
): Promise<number[]> {
  const containers = await engine.listContainers();
  const used = new Set([...taken, ...containers.flatMap(({ ports }) => ports.map(({ hostPort }) => hostPort))]);
  const chosen: number[] = [];
  while (chosen.length < count) {
    const port = randomInt(FIRST, LAST + 1);
    if (used.has(port)) continue;
    used.add(port);
    chosen.push(port);
  }
  return chosen;
}
