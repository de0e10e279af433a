/** Turns what keeps a registry from starting into errors that say what to do. */
import { DevregError, isDevregError, systemCodeOf, translateFileErrors } from '../../errors.ts';
import type { RegistryConfig } from '../../registry/config.ts';
import { nameProcess, portInUse } from '../../workflows/port-in-use.ts';

/** @returns the error to fail with; what no user can set right stays what it is */
export async function translateServeFailure(error: unknown, config: RegistryConfig): Promise<unknown> {
  if (!(error instanceof Error) || isDevregError(error)) return error;
  return (
    (await translateState(error, config)) ?? (await translateListening(error)) ?? (await translateFiles(error, config))
  );
}

/** What the registry itself refuses. */
async function translateState(error: Error, { dataDir, listen }: RegistryConfig): Promise<DevregError | undefined> {
  if (error.name === 'UsersNeededError') {
    const places = listen.map(({ host, port }) => `${host}:${port}`).join(', ');
    const message = `Other machines could reach ${places}, and there is nobody who could log in.`;
    return new DevregError('usage', 'USERS_NEEDED', message, {
      hint: 'Name an administrator with --user and --password-file, or let everybody in with --anonymous-push.',
    });
  }
  if (systemCodeOf(error) === 'DATA_FOLDER_LOCKED') {
    const pid = 'pid' in error && typeof error.pid === 'number' ? error.pid : undefined;
    const message = `${dataDir} is in use by ${await nameProcess(pid)}.`;
    return new DevregError('conflict', 'DATA_FOLDER_IN_USE', message, {
      hint: 'End that one first, or choose another folder with --data-dir.',
      cause: error,
    });
  }
  if (systemCodeOf(error) === 'METADATA_TOO_NEW') {
    return new DevregError('failure', 'DATA_TOO_NEW', error.message, {
      hint: 'Use the newer version again.',
      cause: error,
    });
  }
  return undefined;
}

const LISTEN_CODES = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']);

/** What the system refuses about an address. */
async function translateListening(error: Error): Promise<DevregError | undefined> {
  const code = systemCodeOf(error) ?? '';
  const call = 'syscall' in error ? error.syscall : undefined;
  if ((call !== 'listen' && call !== 'getaddrinfo') || !LISTEN_CODES.has(code)) return undefined;
  const port = 'port' in error ? Number(error.port) : 0;
  const address = 'address' in error ? String(error.address) : 'hostname' in error ? String(error.hostname) : '';
  if (code === 'EADDRINUSE') return portInUse(port, 'Choose another port with --listen, or end that program.');
  if (code === 'EACCES') {
    const hint = 'Choose a port above 1023 with --listen.';
    return new DevregError('failure', 'PORT_DENIED', `The system does not let this user listen on port ${port}.`, {
      hint,
      cause: error,
    });
  }
  const hint = 'Give one of its addresses to --listen, or 0.0.0.0 for all of them.';
  return new DevregError('usage', 'ADDRESS_UNKNOWN', `This machine cannot be reached as ${address}.`, {
    hint,
    cause: error,
  });
}

/** What is wrong with certificate, key, or data folder. */
async function translateFiles(error: Error, { dataDir, tls }: RegistryConfig): Promise<unknown> {
  const path = 'path' in error ? error.path : undefined;
  if (tls !== undefined && (path === tls.cert || path === tls.key) && systemCodeOf(error) === 'ENOENT') {
    return new DevregError('usage', 'FILE_MISSING', `There is no file ${path}.`, { cause: error });
  }
  if (tls !== undefined && systemCodeOf(error)?.startsWith('ERR_OSSL') === true) {
    const message = `${tls.cert} and ${tls.key} are not a certificate in PEM and its key.`;
    return new DevregError('usage', 'TLS_FILES_INVALID', message, { cause: error });
  }
  if (error.name === 'StorageError' || isSqlite(error) || isSqlite(error.cause)) {
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    const message = `The data folder ${dataDir} cannot be used: ${reason.replace(/\.$/, '')}.`;
    return new DevregError('failure', 'DATA_FOLDER_UNUSABLE', message, {
      hint: 'Choose another with --data-dir.',
      cause: error,
    });
  }
  return asFileError(error, `use ${typeof path === 'string' ? path : dataDir}`);
}

async function asFileError(error: Error, task: string): Promise<unknown> {
  try {
    return await translateFileErrors(task, async () => {
      throw error;
    });
  } catch (translated) {
    return translated;
  }
}

function isSqlite(error: unknown): boolean {
  return systemCodeOf(error) === 'ERR_SQLITE_ERROR';
}
