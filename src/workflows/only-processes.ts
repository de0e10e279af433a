/** Keeps recipes for processes from clusters, in words that say what to do instead. */
import { DevregError } from '../errors.ts';
import type { AnyRecord, RegistryRecord } from '../state/record.ts';

/** What each command does to a cluster's nodes, which are containers: `PROGRAM WORD $(PROGRAM ps FLAG …)`. */
const BY_HAND = {
  stop: { verb: 'stops', flag: '-q' },
  start: { verb: 'starts', flag: '-aq' },
} as const;

/**
 * Lets registries pass that are processes.
 * @throws DevregError CLUSTER_UNSUPPORTED
 */
export function expectProcess(record: AnyRecord, command: keyof typeof BY_HAND): RegistryRecord {
  if (record.provider === 'process') return record;
  const { name, engine } = record;
  const { verb, flag } = BY_HAND[command];
  const message = `${name} is a cluster, and devreg ${verb} only registries that are processes of this machine.`;
  const nodes = `$(${engine} ps ${flag} --filter label=io.x-k8s.kind.cluster=${name})`;
  throw new DevregError('failure', 'CLUSTER_UNSUPPORTED', message, {
    hint: `Its nodes are containers, which keep images and ports: ${engine} ${command} ${nodes}`,
  });
}
