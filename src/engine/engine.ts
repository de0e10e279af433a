/** The container engine of this machine, as far as clusters need it. */
import type { Readable } from 'node:stream';
import type { RemoteEngine } from './engine-location.ts';

/** Which engine. */
export type EngineKind = 'docker' | 'podman';

/** A TCP port of the engine's machine that leads into a container. */
export interface PublishedPort {
  /** The address it listens on; `0.0.0.0` and `::` for all. */
  readonly host: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

/** A container. */
export interface Container {
  readonly name: string;
  /** False also while it is paused. */
  readonly isRunning: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** None when it does not run: it holds none then. */
  readonly ports: readonly PublishedPort[];
}

/** What runs inside a container by `exec`. */
export interface ExecRequest {
  readonly container: string;
  readonly command: readonly string[];
  readonly input?: string | Uint8Array | Readable;
  readonly signal?: AbortSignal;
}

/** A container engine. Errors are DevregErrors: ENGINE_ABSENT, ENGINE_UNREACHABLE (its daemon does not answer), ENGINE_FAILED. */
export interface ContainerEngine {
  readonly kind: EngineKind;
  /** Whether the engine's daemon is on another machine, so that folders of this one cannot be mounted. */
  isRemote(): Promise<boolean>;
  /** @returns where it is; undefined when it is on this machine, or when ports of its machine are this one's all the same */
  locate(): Promise<RemoteEngine | undefined>;
  /** Containers with a label (`key` or `key=value`), or all of them, running or not. */
  listContainers(label?: string): Promise<Container[]>;
  /** Starts containers, one after the other in this order; those that run go on. */
  start(containers: readonly string[]): Promise<void>;
  /** Stops containers side by side; one that does not end by itself is killed after so many seconds. */
  stop(containers: readonly string[], grace: number): Promise<void>;
  /**
   * Runs a command in a container, to its end. A command that the signal calls off may still go on inside.
   * @returns what the command wrote
   * @throws DevregError EXEC_FAILED with what it said; the signal's reason; what the input fails with
   */
  exec(request: ExecRequest): Promise<string>;
  /**
   * @returns the digest the engine knows an image by: of its configuration, or in Docker's containerd store of its
   *   index or manifest; undefined when it is not there
   */
  findImage(name: string): Promise<string | undefined>;
  /** An image of the engine's store as an archive, streamed; destroying the stream calls it off. */
  saveImage(name: string, signal?: AbortSignal): Readable;
  /** Loads an archive into the engine's store. @throws the signal's reason; what the archive fails with */
  loadImage(archive: Readable, signal?: AbortSignal): Promise<void>;
}
