/** The words that registry clients are logged in with. None of them is a secret: those are read from standard input. Pure. */
import type { LoginClient } from './client-files.ts';

/** Where to log in. */
export interface LoginTarget {
  /** `host:port`, as images are named. */
  readonly registry: string;
  /** The authority's certificate: its file, and its text; undefined when there is none, or nobody needs to be told. */
  readonly ca: { readonly file: string; readonly pem: string } | undefined;
  /** Whether it speaks plain HTTP alone. */
  readonly isPlain: boolean;
}

/** How a client is spoken to. */
export interface ClientFacts {
  readonly client: LoginClient;
  /** Programs that share its logins; the first one that is there will do. */
  readonly programs: readonly string[];
  /** Variables, given the file of its logins. */
  readonly env: (file: string) => Readonly<Record<string, string>>;
  /** Arguments that tell it how to reach the registry, where that is not part of logging in. */
  readonly prepare?: (target: LoginTarget) => readonly string[] | undefined;
  readonly login: (target: LoginTarget, user: string) => readonly string[];
}

const CLIENTS: Readonly<Record<LoginClient, Omit<ClientFacts, 'client'>>> = {
  docker: {
    programs: ['docker'],
    env: () => ({}),
    login: ({ registry }, user) => ['login', '--username', user, '--password-stdin', registry],
  },
  podman: {
    programs: ['podman', 'skopeo', 'buildah'],
    // It would find docker's login in docker's folder, and refuse to log in where docker holds a token. That folder is
    // where it would write to as well, unless it is told another file.
    env: (file) => ({ DOCKER_CONFIG: '/nonexistent', REGISTRY_AUTH_FILE: file }),
    login: ({ registry, isPlain }, user) => [
      'login',
      ...(isPlain ? ['--tls-verify=false'] : []),
      '--username',
      user,
      '--password-stdin',
      registry,
    ],
  },
  helm: {
    programs: ['helm'],
    env: () => ({}),
    login: ({ registry, isPlain, ca }, user) => [
      'registry',
      'login',
      ...(isPlain ? ['--plain-http'] : ca === undefined ? [] : ['--ca-file', ca.file]),
      '--username',
      user,
      '--password-stdin',
      registry,
    ],
  },
  crane: {
    programs: ['crane'],
    env: () => ({}),
    login: ({ registry }, user) => ['auth', 'login', '--username', user, '--password-stdin', registry],
  },
  regctl: {
    programs: ['regctl'],
    env: () => ({}),
    prepare: ({ registry, isPlain, ca }) => {
      if (isPlain) return ['registry', 'set', '--skip-check', '--tls', 'disabled', registry];
      return ca && ['registry', 'set', '--skip-check', '--cacert', ca.pem, registry];
    },
    login: ({ registry }, user) => ['registry', 'login', '--user', user, '--pass-stdin', registry],
  },
};

/** How a client is spoken to. */
export function factsOf(client: LoginClient): ClientFacts {
  return { client, ...CLIENTS[client] };
}
