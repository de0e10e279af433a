/** Finds the known error in a text, and explains it by how things are here. Pure. */
import { ACCESS_ERRORS } from './access-errors.ts';
import { CLUSTER_ERRORS, CONTENT_ERRORS } from './content-errors.ts';
import { NETWORK_ERRORS } from './network-errors.ts';
import type { Question, Reading, RegistryHere } from './question.ts';
import { TLS_ERRORS } from './tls-errors.ts';

/** Every known error; of several that a text fits, the first one counts: those that name a reason before those that do not. */
export const KNOWN_ERRORS = [...TLS_ERRORS, ...NETWORK_ERRORS, ...ACCESS_ERRORS, ...CONTENT_ERRORS, ...CLUSTER_ERRORS];

/** An explanation. */
export interface Explanation {
  /** Which known error it is. */
  readonly id: string;
  /** Whose words they are. */
  readonly client: Question['client'];
  /** Which registry the text names. */
  readonly registry: string | null;
  /** Which of devreg's registries that is. */
  readonly name: string | null;
  readonly meaning: string;
  readonly cause: string;
  readonly commands: readonly string[];
}

/** @returns undefined when the text fits no known error */
export function explainError(question: Question): Explanation | undefined {
  const known = KNOWN_ERRORS.find(({ pattern }) => pattern.test(question.text));
  if (known === undefined) return undefined;
  const { id, meaning } = known;
  const { client, registry, here } = question;
  return { id, client, registry: registry ?? null, name: here?.name ?? null, meaning, ...known.explain(question) };
}

/** The registry that a text means: by its name, else by its port, else the only one where the text names none. */
export function chooseHere<Here extends Pick<RegistryHere, 'names'>>(
  reading: Reading,
  all: readonly Here[],
): Here | undefined {
  const { registry, port } = reading;
  const byName = all.find(({ names }) => registry !== undefined && names.includes(registry));
  if (byName !== undefined) return byName;
  const isLocal = registry === undefined || /^(?:localhost|127\.|\[::1\])/.test(registry);
  const byPort = all.find(
    ({ names }) => isLocal && port !== undefined && names.some((name) => name.endsWith(`:${port}`)),
  );
  if (byPort !== undefined) return byPort;
  const byHost = all.find(({ names }) => !isLocal && names.some((name) => hostOf(name) === hostOf(registry)));
  if (byHost !== undefined) return byHost;
  return registry === undefined && all.length === 1 ? all[0] : undefined;
}

function hostOf(registry: string): string {
  return registry.replace(/:\d+$/, '');
}
