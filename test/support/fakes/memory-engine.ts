/** A container engine in memory. Images are whatever it is given, containers what a test says there are. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Container, ContainerEngine, EngineKind, ExecRequest } from '../../../src/engine/engine.ts';
import { DevregError } from '../../../src/errors.ts';

/** What a command in a container does: @returns what it writes. @throws an error with what it says when it fails */
export type ExecHandler = (request: ExecRequest, input: Buffer) => string | Promise<string>;

/** What there is. */
export interface MemoryEngineOptions {
  readonly kind?: EngineKind;
  readonly isRemote?: boolean;
  /** Where it is when it is remote. */
  readonly endpoint?: string;
  readonly containers?: readonly Container[];
  /** Names of images that are in the store. */
  readonly images?: readonly string[];
  readonly exec?: ExecHandler;
}

/** An engine that tells what was done with it. */
export interface MemoryEngine extends ContainerEngine {
  /** To be changed by tests at will. */
  readonly containers: Container[];
  /** Every command that was run, in its order. */
  readonly execs: { readonly container: string; readonly command: readonly string[]; readonly input: string }[];
  /** Every archive that was loaded. */
  readonly loaded: Buffer[];
}

/** What images are saved as: enough to be told from anything else. */
const FORMAT = 'image in memory';

/** Makes an engine. */
export function createMemoryEngine(options: MemoryEngineOptions = {}): MemoryEngine {
  const { kind = 'docker', isRemote = false, exec = () => '' } = options;
  const containers = [...(options.containers ?? [])];
  const images = new Map((options.images ?? []).map((name) => [name, digestOf(name)]));
  const execs: MemoryEngine['execs'] = [];
  const loaded: Buffer[] = [];
  const setRunning = (names: readonly string[], isRunning: boolean) => {
    for (const name of names) {
      const index = containers.findIndex((container) => container.name === name);
      const found = containers[index];
      if (found === undefined) throw failed(`No such container: ${name}`);
      containers[index] = { ...found, isRunning };
    }
  };
  return {
    kind,
    containers,
    execs,
    loaded,
    isRemote: async () => isRemote,
    locate: async () =>
      isRemote ? { endpoint: options.endpoint ?? 'tcp://10.0.0.2:2375', context: undefined } : undefined,
    listContainers: async (label) =>
      containers.filter((container) => label === undefined || hasLabel(container, label)),
    async start(names) {
      setRunning(names, true);
    },
    async stop(names) {
      setRunning(names, false);
    },
    async exec(request) {
      request.signal?.throwIfAborted();
      const found = containers.find(({ name }) => name === request.container);
      const text = request.command.join(' ');
      if (found?.isRunning !== true) throw execFailed(request, `No such container runs: ${request.container}`);
      const input = await readAll(request.input);
      execs.push({ container: found.name, command: request.command, input: input.toString() });
      try {
        return await untilAborted(request.signal, Promise.resolve(exec(request, input)));
      } catch (error) {
        request.signal?.throwIfAborted();
        throw execFailed(request, error instanceof Error ? error.message : text, error);
      }
    },
    findImage: async (name) => images.get(name),
    saveImage(name, signal) {
      return Readable.from(
        (async function* save() {
          signal?.throwIfAborted();
          const digest = images.get(name);
          if (digest === undefined) throw failed(`No such image: ${name}`);
          yield JSON.stringify({ format: FORMAT, name, digest });
        })(),
        { objectMode: false },
      );
    },
    async loadImage(archive, signal) {
      signal?.throwIfAborted();
      const content = await readAll(archive);
      loaded.push(content);
      const image = parse(content);
      if (image !== undefined) images.set(image.name, image.digest);
    },
  };
}

/** An archive that this engine saved, or undefined for any other tar archive. */
function parse(content: Buffer): { readonly name: string; readonly digest: string } | undefined {
  if (content.subarray(257, 262).toString() === 'ustar') return undefined;
  try {
    const { format, name, digest } = JSON.parse(content.toString());
    if (format === FORMAT) return { name, digest };
  } catch {
    throw failed('this is no archive of an image');
  }
  throw failed('this is no archive of an image');
}

function hasLabel({ labels }: Container, wanted: string): boolean {
  const [name = '', ...rest] = wanted.split('=');
  return rest.length === 0 ? name in labels : labels[name] === rest.join('=');
}

async function untilAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}

function execFailed({ container, command }: ExecRequest, said: string, cause?: unknown): DevregError {
  const message = `\`${command.join(' ')}\` failed in the container ${container}: ${said}.`;
  return new DevregError('failure', 'EXEC_FAILED', message, { cause });
}

function failed(said: string): DevregError {
  return new DevregError('failure', 'ENGINE_FAILED', `The engine in memory cannot do that: ${said}.`);
}

function digestOf(name: string): string {
  return `sha256:${createHash('sha256').update(name).digest('hex')}`;
}

async function readAll(input: ExecRequest['input'] = ''): Promise<Buffer> {
  return input instanceof Readable
    ? Buffer.concat((await input.toArray()).map((chunk: string | Uint8Array) => Buffer.from(chunk)))
    : Buffer.from(input);
}
