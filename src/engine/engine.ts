/** The container engine of this machine, as far as clusters need it. */
import type { Readable } from 'node:stream';

/** Which engine. */
export type EngineKind = 'docker' | 'podman';

/** A container. */
export interface Container {
  readonly name: string;
  readonly isRunning: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Ports of this machine that lead into it. */
  readonly ports: readonly { readonly host: string; readonly hostPort: number; readonly containerPort: number }[];
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
  /** Containers with a label (`key` or `key=value`), running or not. */
  listContainers(label: string): Promise<Container[]>;
  /** @returns what the command wrote. @throws DevregError EXEC_FAILED with what it said */
  exec(request: ExecRequest): Promise<string>;
  /** @returns the digest of an image's configuration in the engine's store, or undefined when it is not there */
  findImage(name: string): Promise<string | undefined>;
  /** An image of the engine's store as an archive, streamed. */
  saveImage(name: string, signal?: AbortSignal): Readable;
  /** Loads an archive into the engine's store. */
  loadImage(archive: Readable, signal?: AbortSignal): Promise<void>;
}
