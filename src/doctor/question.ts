/** What is known when an error is explained: the text, what it names, and how things are here. */

/** Whose words an error is in. */
export type Client = 'docker' | 'podman' | 'containerd' | 'kubelet' | 'helm' | 'buildx' | 'curl' | 'node' | 'unknown';

/** What an error's text names. */
export interface Reading {
  readonly text: string;
  readonly client: Client;
  /** The registry's `host:port`, or its host alone, as the text has it. */
  readonly registry: string | undefined;
  /** A repository, without registry and tag. */
  readonly repository: string | undefined;
  readonly tag: string | undefined;
  /** The port that could not be reached, or is taken. */
  readonly port: number | undefined;
}

/** One registry of devreg's on this machine. */
export interface RegistryHere {
  readonly name: string;
  readonly isCluster: boolean;
  /** Where everything of it is in a cluster. */
  readonly namespace: string;
  /** The port of a cluster's nodes that leads to it. */
  readonly nodePort: number | undefined;
  /** Each `host:port`; its own host first, `localhost` last. */
  readonly names: readonly string[];
  readonly state: string;
  readonly hasTls: boolean;
  /** Clients that have a login for the name in question. */
  readonly loggedIn: readonly string[];
  /** Targets of `devreg trust` that trust the name in question. */
  readonly trusting: readonly string[];
}

/** Everything an explanation may go by. */
export interface Question extends Reading {
  /** The registry that the text means, as far as that can be told. */
  readonly here: RegistryHere | undefined;
  readonly all: readonly RegistryHere[];
  /** Whether the host in the text leads to this machine; undefined when it names none. */
  readonly resolves: boolean | undefined;
  /** What listens on `port`, in words; undefined: nothing that is known. */
  readonly holder: string | undefined;
}

/** Why it is so here, and what mends it. */
export interface Remedy {
  readonly cause: string;
  /** Commands, each to be pasted; the first one is the mending, others look closer. */
  readonly commands: readonly string[];
}

/** A sort of error. */
export interface KnownError {
  /** Words joined by dashes; never changes its meaning. */
  readonly id: string;
  readonly pattern: RegExp;
  /** What the text says, in words of people. */
  readonly meaning: string;
  readonly explain: (question: Question) => Remedy;
}

/** `--name` where there is more than one registry to mean. */
export function nameFlag({ here, all }: Pick<Question, 'here' | 'all'>): string {
  return here === undefined || all.length < 2 ? '' : ` --name ${here.name}`;
}

/** The registry as the text names it, else as devreg does. */
export function registryWords({ registry, here }: Pick<Question, 'registry' | 'here'>): string {
  return registry ?? here?.names[0] ?? 'the registry';
}

/** What to do about a registry that does not run; undefined when it does, or is none of devreg's. */
export function remedyOfStopped(question: Question): Remedy | undefined {
  const { here } = question;
  if (here === undefined || here.state === 'running') return undefined;
  return {
    cause: `The registry ${here.name} does not run: it is ${here.state}.`,
    commands: [`devreg create${nameFlag(question)}`, 'devreg status'],
  };
}

/** A registry that devreg knows nothing of. */
export function remedyOfForeign({ registry, all }: Question, what: string): Remedy {
  const known = all.flatMap(({ names }) => names).join(', ');
  const list = known === '' ? 'there is none here' : `those are ${known}`;
  return { cause: `${registry ?? 'The registry'} is none of devreg's (${list}). ${what}`, commands: ['devreg status'] };
}
