/** What `create` answers, in words and as data. */
import type { CreatedRegistry } from '../../workflows/create.ts';
import { registryNames } from '../../workflows/settings.ts';
import type { Client } from './client.ts';
import { nextCommands } from './next-commands.ts';

/** What the answer is made from. */
export interface CreateFacts {
  readonly created: CreatedRegistry;
  /** Whether the host leads to this machine, for programs on this machine. */
  readonly resolves: boolean;
  readonly client: Client | undefined;
  /** The words that call this program. */
  readonly program: string;
  /** Whether a command without a name is about this registry. */
  readonly isImplied: boolean;
}

/** The answer as data. */
export interface CreateAnswer {
  readonly name: string;
  readonly provider: string;
  readonly outcome: CreatedRegistry['outcome'];
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
  readonly dataDir: string;
  readonly pid: number | null;
  readonly next: readonly string[];
}

const OUTCOMES: Readonly<Record<CreatedRegistry['outcome'], string>> = {
  created: 'is ready',
  started: 'runs again',
  restarted: 'was restarted as you asked',
  kept: 'runs already',
};

/** Puts the answer together. */
export function answerOf({ created, resolves, client, program, isImplied }: CreateFacts): CreateAnswer {
  const { record, outcome, ca } = created;
  const { name, provider, settings } = record;
  const { user, dataDir } = settings;
  const [host, byLocalhost] = registryNames(settings);
  const tls = settings.tls === 'auto';
  const byHost = resolves ? host : undefined;
  const registry = byHost ?? byLocalhost;
  const given = isImplied ? undefined : name;
  return {
    name,
    provider,
    outcome,
    registry,
    names: [host, byLocalhost],
    resolves,
    url: `${tls ? 'https' : 'http'}://${registry}`,
    user,
    passwordCommand: `${program} get secrets -p registry -o password${given === undefined ? '' : ` --name ${given}`}`,
    ca: ca ?? null,
    dataDir,
    pid: record.process?.pid ?? null,
    next: nextCommands({ program, name: given, client, user, byHost, byLocalhost, tls }),
  };
}

/** Writes the answer down. */
export async function formatAnswer(answer: CreateAnswer, output: 'text' | 'json' | 'yaml'): Promise<string> {
  if (output === 'json') return `${JSON.stringify(answer, undefined, 2)}\n`;
  return output === 'yaml' ? (await import('yaml')).stringify(answer) : formatText(answer);
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
  next,
}: CreateAnswer): string {
  const [host = '', byLocalhost = ''] = names;
  const lines = [
    `The registry ${name} ${OUTCOMES[outcome]}.`,
    '',
    `  Images     ${host}/NAME`,
    `             ${byLocalhost}/NAME`,
    `  User       ${user}`,
    `  Password   ${passwordCommand}`,
    ca === null ? '  TLS        off' : `  CA         ${ca}`,
    `  Data       ${dataDir}`,
    '',
    ...(resolves ? [] : unresolved(host.replace(/:\d+$/, ''), byLocalhost)),
    'Next:',
    ...next.map((command) => `  ${command}`),
  ];
  return `${lines.join('\n')}\n`;
}

function unresolved(host: string, byLocalhost: string): string[] {
  return [
    `${host} does not lead to this machine here. Use ${byLocalhost}, or add this line to /etc/hosts:`,
    `  127.0.0.1 ${host}`,
    '',
  ];
}
