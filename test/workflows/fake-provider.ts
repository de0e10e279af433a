/** A place where registries run that only remembers which do. */
import type { RegistryProvider, StartRequest, Subject } from '../../src/provider/provider.ts';

/** The provider, and what tests tell it and ask it. */
export interface FakeProvider extends RegistryProvider {
  /** All that was asked of it, in order. */
  readonly calls: string[];
  /** The settings of what runs, by data folder. */
  readonly running: Map<string, StartRequest>;
  /** Fails the next calls, in order; undefined lets one pass. */
  readonly failures: (Error | undefined)[];
  endsBy: 'ended' | 'killed';
}

const FIRST_PID = 1_000;

/** Makes the provider; any port becomes one above 20000. */
export function makeFakeProvider(): FakeProvider {
  const calls: string[] = [];
  const running = new Map<string, StartRequest>();
  const failures: (Error | undefined)[] = [];
  const pids = new Map<string, number>();
  let count = 0;
  const failOnce = () => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
  };
  const stateOf = ({ settings, process }: Subject) => {
    const pid = pids.get(settings.dataDir);
    if (pid === undefined) return 'stopped' as const;
    return pid === process?.pid ? ('running' as const) : ('occupied' as const);
  };
  return {
    calls,
    running,
    failures,
    endsBy: 'ended',
    async inspect(subject) {
      const state = stateOf(subject);
      const occupant = { pid: pids.get(subject.settings.dataDir), host: undefined, command: 'some program' };
      return state === 'occupied' ? { state, occupant } : { state };
    },
    async start(request, signal) {
      const { settings } = request;
      calls.push(`start ${settings.host} ${settings.port} ${settings.registryPort}`);
      signal.throwIfAborted();
      failOnce();
      count += 1;
      running.set(settings.dataDir, request);
      pids.set(settings.dataDir, FIRST_PID + count);
      return {
        pid: FIRST_PID + count,
        port: settings.port || 20_000 + count,
        registryPort: settings.registryPort || 30_000 + count,
        keep: async () => void calls.push('keep'),
        async [Symbol.asyncDispose]() {
          calls.push('end');
          running.delete(settings.dataDir);
          pids.delete(settings.dataDir);
        },
      };
    },
    async stop({ settings }) {
      calls.push('stop');
      running.delete(settings.dataDir);
      pids.delete(settings.dataDir);
      return this.endsBy;
    },
    async removeData(dataDir) {
      calls.push(`remove data ${dataDir.split('/').at(-1)}`);
    },
  };
}
