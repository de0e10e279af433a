/** Where an engine on another machine is, and by which host this machine comes to it. Pure. */

/** An engine on another machine. */
export interface RemoteEngine {
  /** As the engine's own client writes it: `tcp://10.0.0.2:2375`, `ssh://user@host`. */
  readonly endpoint: string;
  /** The client's name for it, where it was chosen by that. */
  readonly context: string | undefined;
}

/** What Docker's client calls what is not a context of the user's. */
const DEFAULT_CONTEXT = 'default';

/**
 * Reads what Docker's client says of its context, `NAME ENDPOINT`.
 * @returns undefined for an engine of this machine
 */
export function parseDockerLocation(text: string): RemoteEngine | undefined {
  const [name = '', endpoint = ''] = text.trim().split(/\s+/);
  if (!/^(?:tcp|https?|ssh):/.test(endpoint)) return undefined;
  return { endpoint, context: name === DEFAULT_CONTEXT ? undefined : name };
}

/** The host in an endpoint: a name or an address; undefined when there is none. */
export function hostOf({ endpoint }: Pick<RemoteEngine, 'endpoint'>): string | undefined {
  const [, host] = /^[a-z]+:\/\/(?:[^@/]*@)?(\[[\da-f:.]+\]|[^:/[\]]+)/i.exec(endpoint) ?? [];
  return host?.replace(/^\[|\]$/g, '');
}

/** What `ssh` is told to get to the engine's machine: `user@host` where the endpoint says so, else the host. */
export function sshTargetOf(engine: Pick<RemoteEngine, 'endpoint'>): string {
  const [, target, port] = /^ssh:\/\/((?:[^@/]*@)?[^:/]+)(?::(\d+))?/.exec(engine.endpoint) ?? [];
  if (target === undefined) return hostOf(engine) ?? engine.endpoint;
  return port === undefined ? target : `-p ${port} ${target}`;
}
