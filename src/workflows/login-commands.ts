/** The commands that log clients in, to be shown instead of run. Pure. */
import { factsOf } from '../trust/client-commands.ts';
import { type ClientFile, LOGIN_CLIENTS, type LoginClient } from '../trust/client-files.ts';

/** One command: its variables and its words, and whether the password goes in by standard input. */
export interface LoginCommand {
  readonly env: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  readonly readsPassword: boolean;
}

/** What the commands depend on. */
export interface CommandFacts {
  readonly clients: readonly LoginClient[] | undefined;
  readonly registries: readonly string[];
  readonly files: Readonly<Record<LoginClient, ClientFile>>;
  readonly user: string;
  /** The file of the authority's certificate; undefined without TLS. */
  readonly ca: string | undefined;
  /** What stands for the text of the certificate. */
  readonly pem: string;
}

/** @returns the commands in the order in which they would be run */
export function loginCommands({
  clients = LOGIN_CLIENTS,
  registries,
  files,
  user,
  ca,
  pem,
}: CommandFacts): LoginCommand[] {
  return clients.flatMap((client) => {
    const { programs, prepare, login, ...facts } = factsOf(client);
    const env = facts.env(files[client].path);
    const [program = client] = programs;
    return registries.flatMap((registry): LoginCommand[] => {
      const target = { registry, ca: ca === undefined ? undefined : { file: ca, pem }, isPlain: ca === undefined };
      const preparation = prepare?.(target);
      return [
        ...(preparation === undefined ? [] : [{ env, words: [program, ...preparation], readsPassword: false }]),
        { env, words: [program, ...login(target, user)], readsPassword: true },
      ];
    });
  });
}
