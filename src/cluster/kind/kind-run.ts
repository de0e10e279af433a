/** Runs kind to make a cluster, and ends it only where that leaves nothing behind. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ClusterOrder } from '../cluster-provider.ts';
import { countNodes, describeStep, isConfigured, readStep } from './kind-phases.ts';
import type { Kind } from './kind-program.ts';

/** Milliseconds that an engine gets to start the containers it was asked for, when the cluster is called off. */
const START_MAX = 30_000;

/** A kind that makes a cluster. */
export interface KindRun {
  readonly ended: Promise<void>;
  /** How many containers it was starting when it was last heard of: the engine may not list them yet. */
  countStarting(): number;
}

/** How to run it. */
export interface KindRunOptions {
  /** The file that it writes the cluster into. */
  readonly kubeconfig: string;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
  /** Called when no container runtime will be restarted any more. */
  readonly onConfigured: () => void;
}

/**
 * Starts kind. A signal that aborts while containers are being started waits for that: the engine would go on with
 * them, and nobody would know of them.
 */
export function startKind(kind: Kind, order: ClusterOrder, options: KindRunOptions): KindRun {
  const { signal, onPhase, onConfigured } = options;
  const cut = new AbortController();
  const started = Promise.withResolvers<void>();
  let starting = 0;
  const onErrorLine = (line: string): void => {
    const step = readStep(line);
    if (step === undefined) return;
    const before = starting;
    starting = step.kind === 'begun' ? countNodes(step) : 0;
    if (starting < before) started.resolve();
    if (step.kind === 'begun') onPhase(describeStep(step));
    if (isConfigured(step)) onConfigured();
  };
  const callOff = async (): Promise<void> => {
    if (starting > 0) await Promise.race([started.promise, wait(START_MAX, undefined, { ref: false })]);
    cut.abort(signal.reason);
  };
  const onAbort = () => void callOff();
  const run = async (): Promise<void> => {
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await kind(argumentsFor(order, options.kubeconfig), { input: order.config, signal: cut.signal, onErrorLine });
      signal.throwIfAborted();
      onConfigured();
    } finally {
      signal.removeEventListener('abort', onAbort);
      started.resolve();
    }
  };
  return { ended: run(), countStarting: () => starting };
}

/** Its nodes stay when it fails, for us to decide, and it does not wait for what nobody needs yet. */
function argumentsFor({ name, nodeImage }: ClusterOrder, kubeconfig: string): readonly string[] {
  const image = nodeImage === undefined ? [] : ['--image', nodeImage];
  return ['create', 'cluster', '--name', name, '--config', '-', '--kubeconfig', kubeconfig, '--retain', ...image];
}
