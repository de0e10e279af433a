/** How the program is called to serve a registry in a process of its own. Pure. */
import { isOneDoor } from '../../state/record.ts';
import type { StartRequest } from '../provider.ts';

/** Both names of a registry mean this machine, and nobody else's business. */
const LOOPBACK = '127.0.0.1';

/** Arguments of `devreg`; secrets are named by their files. */
export function serveArguments({ settings, passwordFile, tokenFile, tls }: StartRequest): string[] {
  const { port, registryPort, dataDir, user, durability } = settings;
  const ports = isOneDoor(settings) ? [port] : [port, registryPort];
  const listen = ports.flatMap((one) => ['--listen', `${LOOPBACK}:${one}`]);
  const data = ['--data-dir', dataDir, '--durability', durability];
  const administrator = ['--user', user, '--password-file', passwordFile, '--token-file', tokenFile];
  const encryption = tls === undefined ? ['--tls', 'off'] : ['--tls-cert', tls.cert, '--tls-key', tls.key];
  return ['registry', 'serve', ...listen, ...data, ...administrator, ...encryption];
}

/** The environment without the variables that would change what the arguments say. */
export function serveEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:DEVREG|REGISTRY)_/.test(name)));
}
