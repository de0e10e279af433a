/** Where a registry runs: what the recipes need from each kind of place. */
import { DevregError } from '../errors.ts';
import type { RegistryRecord, RegistrySettings } from '../state/record.ts';

/** What is known of a registry when asking after it. */
export type Subject = Pick<RegistryRecord, 'settings' | 'process'>;

/** Somebody who works on the data folder. */
export interface Occupant {
  /** Undefined in the moment before it has said who it is. */
  readonly pid: number | undefined;
  /** Undefined for this machine. */
  readonly host: string | undefined;
  /** The command line, cut to a readable length, where the system tells. */
  readonly command: string | undefined;
}

/** How a registry is: `occupied` when somebody we did not start works on its data. */
export type Condition =
  | { readonly state: 'running' }
  | { readonly state: 'stopped' }
  | { readonly state: 'occupied'; readonly occupant: Occupant };

/** What a registry needs to start. */
export interface StartRequest {
  /** Port 0: the system chooses. */
  readonly settings: RegistrySettings;
  readonly passwordFile: string;
  readonly tokenFile: string;
  readonly logFile: string;
  /** Certificate and key in files; undefined for plain HTTP only. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Milliseconds until it must be ready. */
  readonly timeout: number;
}

/** A registry that has become ready. It ends when this is disposed of, or when we end without having called `keep`. */
export interface StartedRegistry extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  readonly registryPort: number;
  /** Lets it outlive us. */
  keep(): Promise<void>;
}

/** One kind of place. */
export interface RegistryProvider {
  inspect(subject: Subject): Promise<Condition>;
  /**
   * Starts a registry and waits until it is ready.
   * @throws PortInUseError, DevregError START_TIMEOUT, START_FAILED and what the registry itself refused; the signal's
   *   reason when it aborts; nothing is left running then
   */
  start(request: StartRequest, signal: AbortSignal): Promise<StartedRegistry>;
  /**
   * Ends a registry that runs, letting open requests finish.
   * @returns `killed` when it did not end by itself
   * @throws the signal's reason when it aborts
   */
  stop(subject: Subject, signal: AbortSignal): Promise<'ended' | 'killed'>;
  /** Removes all images of a registry that does not run, for good; other things in the folder stay. */
  removeData(dataDir: string): Promise<void>;
}

/** A port is taken; callers that know more about it say more. */
export class PortInUseError extends DevregError {
  readonly port: number;

  constructor(port: number, message: string, hint: string) {
    super('conflict', 'PORT_IN_USE', message, { hint });
    this.port = port;
  }
}
