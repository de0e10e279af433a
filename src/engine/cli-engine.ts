/** A container engine by its program on the command line, which knows contexts, other machines and their keys. */
import { PassThrough, type Readable } from 'node:stream';
import { DevregError } from '../errors.ts';
import { CommandFailedError } from '../process/command-failed-error.ts';
import type { Command, Runner } from '../process/runner.ts';
import { tellFailure } from '../process/tell-failure.ts';
import { isUnreachable, translateEngineFailure } from './engine-failure.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { Container, ContainerEngine, ExecRequest } from './engine.ts';
import { parseInspectedContainers } from './inspected-container.ts';

/** Makes an engine; nothing is asked before its first use. */
export function createCliEngine(runner: Runner, facts: EngineFacts): ContainerEngine {
  const { kind, program, whereabouts } = facts;
  const run = async (task: string, args: readonly string[], more: Partial<Command> = {}): Promise<string> => {
    try {
      return (await runner.run({ program, args, ...more })).stdout;
    } catch (error) {
      throw translateEngineFailure(facts, task, error);
    }
  };
  return {
    kind,
    isRemote: async () => whereabouts.isRemote((await run('tell where it is', whereabouts.args)).trim()),
    async locate() {
      const { location } = facts;
      return location?.parse(await run('tell where it is', location.args));
    },
    async listContainers(label) {
      const filter = label === undefined ? [] : ['--filter', `label=${label}`];
      const ids = await run('list its containers', ['ps', '--all', '--quiet', '--no-trunc', ...filter]);
      return ids.trim() === '' ? [] : inspect(ids.trim().split(/\s+/));
    },
    async start(containers) {
      if (containers.length > 0) await run('start containers', ['start', '--', ...containers]);
    },
    async stop(containers, grace) {
      if (containers.length > 0) await run('stop containers', ['stop', '-t', `${grace}`, '--', ...containers]);
    },
    exec: (request) => exec(runner, facts, request),
    async findImage(name) {
      try {
        const id = (await run('look for an image', ['image', 'inspect', '--format', '{{.Id}}', '--', name])).trim();
        return id.includes(':') ? id : `sha256:${id}`;
      } catch (error) {
        if (isAbout(error, /no such image|image not known|invalid reference format/i)) return undefined;
        throw error;
      }
    },
    saveImage: (name, signal) => {
      const command = { program, args: ['save', '--', name], ...(signal && { signal }) };
      const { stdout } = runner.start(command);
      return translateStream(stdout, (error) => translateEngineFailure(facts, `save the image ${name}`, error));
    },
    async loadImage(archive, signal) {
      await run('load an image', ['load', '--quiet'], { input: archive, ...(signal && { signal }) });
    },
  };

  /** Some may be gone since they were listed; the others are told of all the same. */
  async function inspect(ids: readonly string[]): Promise<Container[]> {
    try {
      return parseInspectedContainers(await run('describe its containers', ['container', 'inspect', ...ids]));
    } catch (error) {
      if (!isAbout(error, /no such (?:container|object)/i)) throw error;
      return parseInspectedContainers(causeOf(error)?.stdout ?? '[]');
    }
  }
}

async function exec(runner: Runner, facts: EngineFacts, request: ExecRequest): Promise<string> {
  const { container, command, input, signal } = request;
  const interactive = input === undefined ? [] : ['--interactive'];
  try {
    const { stdout } = await runner.run({
      program: facts.program,
      args: ['exec', ...interactive, container, ...command],
      ...(input !== undefined && { input }),
      ...(signal && { signal }),
    });
    return stdout;
  } catch (error) {
    if (!(error instanceof CommandFailedError) || error.failure.kind === 'absent' || isUnreachable(facts, error))
      throw translateEngineFailure(facts, `run a command in ${container}`, error);
    const message = `\`${command.join(' ')}\` failed in the container ${container}: ${tellFailure(error)}`;
    throw new DevregError('failure', 'EXEC_FAILED', message, { cause: error });
  }
}

/** Passes a stream on, with its error in other words; destroying one destroys the other. */
function translateStream(stream: Readable, translate: (error: unknown) => unknown): Readable {
  const translated = new PassThrough();
  stream.on('error', (error) => {
    const other = translate(error);
    translated.destroy(other instanceof Error ? other : error);
  });
  translated.once('close', () => stream.destroy());
  return stream.pipe(translated);
}

function isAbout(error: unknown, said: RegExp): boolean {
  return said.test(causeOf(error)?.stderr ?? '');
}

function causeOf(error: unknown): CommandFailedError | undefined {
  return error instanceof DevregError && error.cause instanceof CommandFailedError ? error.cause : undefined;
}
