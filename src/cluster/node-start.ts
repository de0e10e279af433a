/** When nodes were started: whatever the cluster says of earlier times is not true any more. */
import type { ContainerEngine } from '../engine/engine.ts';
import type { ClusterNode } from './cluster-provider.ts';
import { execOnNode } from './node-exec.ts';

/** By the name of each node. */
export type NodeStarts = ReadonlyMap<string, Date>;

/** The first process of the node, and what it counts time from. */
const COMMAND = ['cat', '/proc/1/stat', '/proc/stat'];

/** Parts of a second that the kernel counts in; for programs it is the same on every machine (man 2 sysconf). */
const TICKS = 100;

/** Which of the numbers after the name of a process is its start (man 5 proc_pid_stat, field 22). */
const START_FIELD = 19;

/**
 * Asks each node, by its own clock; whole seconds, not later than it was.
 * @throws DevregError NODE_IMAGE_UNFIT, EXEC_FAILED, and what the engine throws
 */
export async function readNodeStarts(
  engine: ContainerEngine,
  nodes: readonly Pick<ClusterNode, 'name'>[],
  signal: AbortSignal,
): Promise<NodeStarts> {
  const starts = nodes.map(async ({ name }) => {
    const output = await execOnNode(engine, { container: name, command: COMMAND, signal });
    return [name, parseStart(output)] as const;
  });
  return new Map((await Promise.all(starts)).flatMap(([name, start]) => (start === undefined ? [] : [[name, start]])));
}

/** @returns undefined where the kernel tells it otherwise */
function parseStart(output: string): Date | undefined {
  // The name of a process stands in brackets and may have any character in it.
  const [, rest = ''] = /^.*\)\s(.*)$/m.exec(output) ?? [];
  const ticks = Number(rest.split(' ')[START_FIELD]);
  const booted = Number(/^btime (\d+)$/m.exec(output)?.[1]);
  const seconds = Math.floor(booted + ticks / TICKS);
  return Number.isNaN(seconds) ? undefined : new Date(seconds * 1000);
}
