/** `devreg registry serve`: the registry in the foreground, or for the process that started it (S2-01, S2-02). */
import type { Flags } from '../../config/option-reader.ts';
import { isDevregError } from '../../errors.ts';
import type { RegistryConfig } from '../../registry/config.ts';
import { followSettings } from '../../registry/follow-settings.ts';
import { type Registry, openRegistry } from '../../registry/registry.ts';
import { refuseSystemFolder } from '../../workflows/data-folder.ts';
import { standaloneFolders } from '../../workflows/open-state.ts';
import { reportFailure, reportReady } from '../../workflows/start-report.ts';
import type { Context } from '../context.ts';
import { translateServeFailure } from '../serve/serve-failure.ts';
import { openServeLog } from '../serve/serve-log.ts';
import { type ServePlan, readServePlan } from '../serve/serve-plan.ts';
import { type UserOptions, readUser } from '../serve/user-options.ts';

const OUTSIDE_HINT = 'Give a certificate of your own with --tls-cert and --tls-key, or do without TLS by --tls off.';

/**
 * Serves until the signal aborts; then lets open requests finish.
 * @throws DevregError: those of the plan, USERS_NEEDED, PORT_IN_USE, PORT_DENIED, ADDRESS_UNKNOWN, DATA_FOLDER_IN_USE,
 *   DATA_FOLDER_REFUSED, DATA_FOLDER_UNUSABLE, TLS_FILES_INVALID, FILE_MISSING, those of certificates
 */
export async function serve(context: Context, flags: Flags): Promise<void> {
  const { parent } = context.surroundings;
  try {
    await serveUntilAborted(context, flags);
  } catch (error) {
    if (parent !== undefined && isDevregError(error)) await reportFailure(parent, error);
    throw error;
  } finally {
    parent?.hangUp();
  }
}

async function serveUntilAborted(context: Context, flags: Flags): Promise<void> {
  const { surroundings, terminal } = context;
  const { env, machine, signal, parent, stdin } = surroundings;
  const { authority, dataDir } = standaloneFolders({ ...machine, env });
  const plan = readServePlan(flags, { ...machine, env, dataDir });
  await refuseSystemFolder(plan.config.dataDir);
  if (plan.ignored.length > 0) terminal.warn(`Without effect here: ${plan.ignored.join(', ')}.`);
  const users = plan.user === undefined ? [] : [await readUser(plan.user, stdin)];
  const config: RegistryConfig = { ...plan.config, users, tls: await prepareTls(plan, authority, context) };
  await using registry = await open(config, context);
  await using _following = followSecrets(registry, config, plan.user, context);
  if (parent === undefined) describe(registry, config, context);
  else
    await reportReady(
      parent,
      registry.addresses.map(({ port }) => port),
    );
  await untilAborted(signal);
}

/** Loads what makes certificates only where one may have to be made. */
async function prepareTls(
  { tls, config }: ServePlan,
  authorityFolder: string,
  context: Context,
): Promise<RegistryConfig['tls']> {
  if (tls.kind !== 'auto') return tls.kind === 'off' ? undefined : tls;
  const { machine, now } = context.surroundings;
  const { addressNames, ensureServerCertificate } = await import('../../workflows/server-certificate.ts');
  const { cert, key, ca } = await ensureServerCertificate({
    authorityFolder,
    dataDir: config.dataDir,
    names: addressNames(
      config.listen.map(({ host }) => host),
      tls.names,
    ),
    owner: `${machine.user}@${machine.hostname}`,
    now: now(),
    outsideHint: OUTSIDE_HINT,
  });
  if (ca.outcome === 'made') context.terminal.note(`Made a certificate authority for this user, ${ca.file}.`);
  if (ca.outcome === 'renewed')
    context.terminal.warn(
      `The certificate authority was due and has been renewed: trust ${ca.file} again wherever you trusted it.`,
    );
  return { cert, key };
}

async function open(config: RegistryConfig, { surroundings, terminal }: Context): Promise<Registry> {
  try {
    return await openRegistry(config, { log: openServeLog(terminal), clock: { now: surroundings.now } });
  } catch (error) {
    throw await translateServeFailure(error, config);
  }
}

function describe(
  { addresses }: Registry,
  { tls, dataDir, users, anonymousPush }: RegistryConfig,
  { terminal }: Context,
): void {
  const scheme = tls === undefined ? 'http' : 'http and https';
  const places = addresses.map(({ address, port }) => `${address.includes(':') ? `[${address}]` : address}:${port}`);
  terminal.note(`Serving ${scheme} at ${places.join(' and ')}, with images in ${dataDir}.`);
  if (anonymousPush) terminal.warn('Anybody who reaches this registry may push and delete.');
  else if (users.length === 0)
    terminal.note('Anybody on this machine may push, unless these data have users from before.');
  else terminal.note(`Pushing needs a login, as ${users.map(({ name }) => name).join(' or ')}; pulling does not.`);
  terminal.note('End it with ^C.');
}

/**
 * Takes over another password or token when its file changes, and when the process is told to. A terminal that is
 * closed gives the same signal: there it ends the registry, as it ends everything else.
 */
function followSecrets(
  registry: Registry,
  config: RegistryConfig,
  user: UserOptions | undefined,
  { surroundings, terminal }: Context,
): AsyncDisposable {
  const { stdin, onReloadSignal } = surroundings;
  const files = [user?.passwordFile, user?.tokenFile].filter((path) => path !== undefined);
  const read = async () =>
    user?.passwordFile === undefined ? config : { ...config, users: [await readUser(user, stdin)] };
  const explain = (error: unknown) => [error instanceof Error ? error.message : String(error)];
  const follower = followSettings({ registry, config, files, read, explain, log: openServeLog(terminal) });
  const listening = stdin.isTTY === true ? undefined : onReloadSignal?.(() => void follower.reload());
  return {
    async [Symbol.asyncDispose]() {
      listening?.[Symbol.dispose]();
      await follower[Symbol.asyncDispose]();
    },
  };
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
