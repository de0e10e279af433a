/** Proxies in front of a registry, as tunnels and ingresses are. */
import { fileURLToPath } from 'node:url';
import { startUntilSaid } from './background.ts';
import type { PairPaths } from './certificates.ts';
import type { Machine } from './machine.ts';

/** What a proxy does. */
export interface ProxyOptions {
  /** Where it listens, on loopback. */
  readonly port: number;
  /** `http://host:port` of what is behind it. */
  readonly to: string;
  /** Put before the path of every request. */
  readonly path?: string;
  /** With a pair it ends TLS; without, plain HTTP. */
  readonly tls?: PairPaths;
  /** Pass `Host` on and say nothing more. */
  readonly quiet?: boolean;
}

/** Starts a proxy that ends with the machine. @throws ProgramFailed when it ends before it listens */
export async function startProxy(
  machine: Machine,
  { port, to, path, tls, quiet = false }: ProxyOptions,
): Promise<void> {
  const flags = [
    `--port ${port} --to ${to}`,
    path === undefined ? '' : `--path ${path}`,
    tls === undefined ? '' : `--cert ${tls.cert} --key ${tls.key}`,
    quiet ? '--quiet' : '',
  ];
  const program = fileURLToPath(new URL('./proxy.ts', import.meta.url));
  await startUntilSaid(machine, `node ${program} ${flags.join(' ')}`, /^listening$/);
}
