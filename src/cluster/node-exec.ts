/** Runs commands inside nodes, and says plainly when a node's image is not made for that. */
import type { ContainerEngine, ExecRequest } from '../engine/engine.ts';
import { DevregError, isDevregError } from '../errors.ts';

/** As docker, podman and shells say that a program is not there. */
const MISSING = [
  /exec: "([^"]+)"/,
  /executable file [`']([^`']+)['`]/,
  /sh: (?:line )?\d+: ([\w./-]+): (?:command )?not found/,
];

/**
 * Runs a command in a node.
 * @returns what it wrote
 * @throws DevregError NODE_IMAGE_UNFIT when the node lacks a program for it, and what the engine throws
 */
export async function execOnNode(engine: ContainerEngine, request: ExecRequest): Promise<string> {
  try {
    return await engine.exec(request);
  } catch (cause) {
    if (!isDevregError(cause) || cause.code !== 'EXEC_FAILED') throw cause;
    const said = cause.message;
    const missing = MISSING.map((pattern) => pattern.exec(said)?.[1]).find((program) => program !== undefined);
    if (missing === undefined) throw cause;
    throw new DevregError(
      'prerequisite',
      'NODE_IMAGE_UNFIT',
      `The image of node ${request.container} has no ${missing}.`,
      {
        hint: 'Nodes need a shell, the core utilities and ctr, as the images kindest/node have: choose another with --node-image.',
        cause,
      },
    );
  }
}
