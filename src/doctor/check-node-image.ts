/** Whether a node can be made from an image, seen before it is tried. Pure. */
import { type Finding, ok, problem, skipped, warning } from './finding.ts';

/** An image as the engine's store has it. */
interface NodeImage {
  readonly entrypoint: readonly string[];
  /** As Go writes it: `amd64`. */
  readonly architecture: string | undefined;
}

/** What was found of the image that nodes are to be made from. */
export interface NodeImageReport {
  /** Undefined: kind chooses. */
  readonly name: string | undefined;
  /** Undefined: it is not in the store. */
  readonly image: NodeImage | undefined;
  /** Whether the host it would be pulled from has an address; undefined when nobody asked. */
  readonly isPullable: boolean | undefined;
}

/** How a node begins: what kind gives every image, and what makes a container a node. */
const ENTRYPOINT = '/usr/local/bin/entrypoint';

/**
 * Judges the image.
 * @param engine the program that loads images
 */
export function judgeNodeImage({ name, image, isPullable }: NodeImageReport, engine: string): Finding {
  if (name === undefined) return skipped('node-image', 'kind chooses the node image.');
  if (image === undefined) {
    const sentence = `The node image ${name} is not in the engine's store`;
    if (isPullable !== false) return ok('node-image', `${sentence}: it will be pulled.`);
    const message = `${sentence}, and the registry it would be pulled from has no address here.`;
    return warning(
      'node-image',
      'NODE_IMAGE_MISSING',
      message,
      `${engine} load --input FILE, or another with devreg create --node-image`,
    );
  }
  if (image.entrypoint[0] === ENTRYPOINT) return ok('node-image', `The node image ${name} is in the engine's store.`);
  const begins = image.entrypoint[0] ?? 'nothing';
  return problem(
    'node-image',
    'NODE_IMAGE_UNFIT',
    `The node image ${name} is none for kind: it begins with ${begins} and not with ${ENTRYPOINT}.`,
    'Take one of the images kindest/node, or one made by `kind build node-image`.',
  );
}

/** The host that an image's name leads to. */
export function registryHostOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first.replace(/:\d+$/, '') : 'registry-1.docker.io';
}
