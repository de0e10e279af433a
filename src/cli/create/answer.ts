/** What `create` answers, in words and as data. */
import { contextOf } from '../../state/record.ts';
import type { CreatedCluster } from '../../workflows/cluster/create-cluster.ts';
import type { CreatedRegistry } from '../../workflows/create.ts';
import { registryNames } from '../../workflows/settings.ts';
import { type TextFormat, formatAs } from '../output/text-format.ts';
import type { Client } from './client.ts';
import { nextCommands } from './next-commands.ts';

/** What the answer is made from. */
export interface CreateFacts {
  readonly created:
    | Pick<CreatedRegistry, 'record' | 'outcome' | 'ca'>
    | Pick<CreatedCluster, 'record' | 'outcome' | 'ca'>;
  /** Whether the host leads to this machine, for programs on this machine. */
  readonly resolves: boolean;
  readonly client: Client | undefined;
  /** The words that call this program. */
  readonly program: string;
  /** Whether a command without a name is about this registry. */
  readonly isImplied: boolean;
}

type Outcome = CreatedRegistry['outcome'] | CreatedCluster['outcome'];

/** The answer as data. */
export interface CreateAnswer {
  readonly name: string;
  readonly provider: string;
  readonly outcome: Outcome;
  /** The name that works here. */
  readonly registry: string;
  /** Every name, the host's first. */
  readonly names: readonly string[];
  /** Whether the host leads to this machine. */
  readonly resolves: boolean;
  readonly url: string;
  readonly user: string;
  readonly passwordCommand: string;
  /** The file of the certificate to trust; null without TLS. */
  readonly ca: string | null;
  /** Where the images are on this machine; null when they are in the cluster. */
  readonly dataDir: string | null;
  /** Of the registry's process; null when it runs in a cluster. */
  readonly pid: number | null;
  /** What kubectl calls the cluster; null without one. */
  readonly context: string | null;
  /** Where the engine publishes ports, when that is another machine: `localhost` means that one to docker. */
  readonly address?: string;
  readonly next: readonly string[];
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  created: 'is ready',
  started: 'runs again',
  recreated: 'was made anew',
  restarted: 'was restarted as you asked',
  kept: 'runs already',
};

/** Puts the answer together. */
export function answerOf({ created, resolves, client, program, isImplied }: CreateFacts): CreateAnswer {
  const { record, outcome, ca } = created;
  const { name, provider, settings } = record;
  const { user, dataDir } = settings;
  const names = registryNames(settings);
  const [host, byLocalhost = host] = names;
  const tls = settings.tls === 'auto';
  const byHost = resolves ? host : undefined;
  const registry = byHost ?? byLocalhost;
  const given = isImplied ? undefined : name;
  return {
    name,
    provider,
    outcome,
    registry,
    names,
    resolves,
    url: `${tls ? 'https' : 'http'}://${registry}`,
    user,
    passwordCommand: `${program} get secrets -p registry -o password${given === undefined ? '' : ` --name ${given}`}`,
    ca: ca ?? null,
    dataDir: dataDir ?? null,
    pid: record.provider === 'process' ? (record.process?.pid ?? null) : null,
    context: record.provider === 'kind' ? contextOf(name) : null,
    ...addressOf(record),
    next: nextCommands({
      program,
      name: given,
      client,
      user,
      byHost,
      byLocalhost,
      tls,
      isCluster: record.provider === 'kind',
    }),
  };
}

/** Writes the answer down. */
export async function formatAnswer(answer: CreateAnswer, output: TextFormat): Promise<string> {
  return formatAs(output, answer, formatText);
}

function formatText({
  name,
  outcome,
  names,
  resolves,
  user,
  passwordCommand,
  ca,
  dataDir,
  context,
  address,
  next,
}: CreateAnswer): string {
  const [host = '', byLocalhost = host] = names;
  const lines = [
    `The ${context === null ? 'registry' : 'cluster'} ${name} ${OUTCOMES[outcome]}.`,
    '',
    `  Images     ${host}/NAME`,
    ...names.slice(1).map((one) => `             ${one}/NAME`),
    `  User       ${user}`,
    `  Password   ${passwordCommand}`,
    ca === null ? '  TLS        off' : `  CA         ${ca}`,
    ...(dataDir === null ? [] : [`  Data       ${dataDir}`]),
    ...(context === null ? [] : [`  Context    ${context}`]),
    ...(address === undefined
      ? []
      : [
          `  Engine     on another machine: what docker pushes to ${byLocalhost} goes from there; here it is ${address}`,
        ]),
    '',
    ...(resolves ? [] : unresolved(host.replace(/:\d+$/, ''), byLocalhost, context !== null, address)),
    'Next:',
    ...next.map((command) => `  ${command}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Ports that a tunnel brings here are as good as ports of this machine. */
function addressOf(record: CreateFacts['created']['record']): { readonly address?: string } {
  const address = record.provider === 'kind' ? record.engineAt?.address : undefined;
  return address === undefined || address.startsWith('127.') ? {} : { address };
}

function unresolved(host: string, byLocalhost: string, isCluster: boolean, address = '127.0.0.1'): string[] {
  const file = isCluster
    ? 'run devreg create --hosts-file, which adds this line to /etc/hosts'
    : 'add this line to /etc/hosts';
  const where = address === '127.0.0.1' ? 'this machine' : address;
  return [`${host} does not lead to ${where} here. Use ${byLocalhost}, or ${file}:`, `  ${address} ${host}`, ''];
}
