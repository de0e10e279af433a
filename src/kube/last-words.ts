/** What a container said last before it ended. */
import { isDevregError } from '../errors.ts';
import type { KubeApi } from './kube-api.ts';
import { phrase, type ContainerName } from './verdict.ts';

/** Enough for a stack trace. */
const TAIL = 30;
/** Milliseconds; the log is an extra that must not hold up the news. */
const LIMIT_MS = 3_000;

/** Lines that end reports without saying anything: frames, brackets and Node's version. */
const EMPTY = /^(\s|[)\]}]|Node\.js v|$)/;

/** What the kubelet gives in place of a log that is there no longer. */
const GONE = 'unable to retrieve container logs for ';

/** @returns the last line that says something, or undefined when there is no log to be had */
export async function readLastWords(
  api: KubeApi,
  { namespace, pod, container }: ContainerName & { readonly namespace: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  // While a container waits to be started again, its current log is still the one of its last life.
  for (const previous of [false, true]) {
    try {
      const lines: string[] = [];
      const log = api.logs({ namespace, name: pod, container }, { tail: TAIL, previous }, limited);
      for await (const line of log) if (!line.startsWith(GONE)) lines.push(line);
      const said = lines.findLast((line) => !EMPTY.test(line)) ?? lines.at(-1);
      if (said !== undefined) return phrase(said, 'nothing');
    } catch (error) {
      signal.throwIfAborted();
      if (!isDevregError(error) && !limited.aborted) throw error;
    }
  }
  return undefined;
}
