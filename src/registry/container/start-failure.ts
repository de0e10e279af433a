/** Says in one sentence why a registry does not start, and with which code the container ends. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { RegistryConfig } from '../config.ts';

/** Exit codes, those of the command-line tool. */
export const EXIT = { failure: 1, usage: 2, conflict: 5 } as const;

/** What is missing where everybody can reach a registry that nobody may write to. */
export const USERS_NEEDED =
  'Nobody could log in: set DEVREG_USER and DEVREG_PASSWORD_FILE, or DEVREG_ANONYMOUS_PUSH=true.';

/** A failure as the log tells it. */
export interface StartFailure {
  readonly problem: string;
  readonly exitCode: number;
}

/** @returns undefined for what is none of a user's affairs, which is a bug and needs its stack */
export async function explainStartFailure(error: unknown, config: RegistryConfig): Promise<StartFailure | undefined> {
  if (!(error instanceof Error)) return undefined;
  return (
    explainSettings(error, config) ??
    explainState(error) ??
    explainListening(error, config) ??
    (await explainFolder(error, config))
  );
}

/** What was asked for cannot be. */
function explainSettings(error: Error, { tls }: RegistryConfig): StartFailure | undefined {
  if (error.name === 'UsersNeededError') {
    return { problem: USERS_NEEDED, exitCode: EXIT.usage };
  }
  const path = 'path' in error ? error.path : undefined;
  if (tls !== undefined && (path === tls.cert || path === tls.key))
    return { problem: `The file ${path} cannot be read: ${codeOf(error)}.`, exitCode: EXIT.usage };
  if (tls !== undefined && codeOf(error).startsWith('ERR_OSSL'))
    return { problem: `${tls.cert} and ${tls.key} are not a certificate in PEM and its key.`, exitCode: EXIT.usage };
  return undefined;
}

/** The errors of the data lock and of migrations are sentences already. */
function explainState(error: Error): StartFailure | undefined {
  if (codeOf(error) === 'DATA_FOLDER_LOCKED') return { problem: error.message, exitCode: EXIT.conflict };
  if (codeOf(error) === 'GC_REFUSED')
    return { problem: `The registry did not collect garbage: ${error.message}`, exitCode: EXIT.failure };
  if (codeOf(error) === 'METADATA_TOO_NEW') return { problem: error.message, exitCode: EXIT.failure };
  return undefined;
}

function explainListening(error: Error, { listen }: RegistryConfig): StartFailure | undefined {
  const call = 'syscall' in error ? error.syscall : undefined;
  if (call !== 'listen' && call !== 'getaddrinfo') return undefined;
  const places = listen.map(({ host, port }) => `${host}:${port}`).join(', ');
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return { problem: `Another program listens on ${places} already.`, exitCode: EXIT.conflict };
    case 'EACCES':
      return {
        problem: `This user may not listen on ${places}: choose a port above 1023 with REGISTRY_HTTP_ADDR.`,
        exitCode: EXIT.failure,
      };
    default:
      return { problem: `It is not possible to listen on ${places}: ${codeOf(error)}.`, exitCode: EXIT.usage };
  }
}

/** SQLite says no more than that it could not open a file, so the folder is asked. */
async function explainFolder(error: Error, { dataDir }: RegistryConfig): Promise<StartFailure | undefined> {
  const cause = error.cause instanceof Error ? error.cause : error;
  const isOfFolder =
    error.name === 'StorageError' || codeOf(cause) === 'ERR_SQLITE_ERROR' || /^E[A-Z0-9]+$/.test(codeOf(cause));
  if (!isOfFolder) return undefined;
  const refusal = await refusalOf(dataDir);
  const user = `user ${process.getuid?.()}`;
  switch (refusal ?? codeOf(cause)) {
    case 'EACCES':
    case 'EPERM':
      return failure(`The data folder ${dataDir} is not open to ${user}: give it to that user, or run as its owner.`);
    case 'EROFS':
      return failure(`The data folder ${dataDir} is read-only: mount a volume there.`);
    default:
      return failure(`The data folder ${dataDir} cannot be used: ${cause.message.replace(/\.$/, '')}.`);
  }
}

async function refusalOf(folder: string): Promise<string | undefined> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (reason) {
    return codeOf(reason);
  }
}

function failure(problem: string): StartFailure {
  return { problem, exitCode: EXIT.failure };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
