/** What archives need of the machine, and how they are written. */
import type { Readable, Writable } from 'node:stream';
import type { ContainerEngine, EngineKind } from '../engine/engine.ts';
import type { Platform } from '../oci/descriptor.ts';
import type { Compression } from './compression.ts';

/** What of the machine they need. */
export interface ArchivePorts {
  /** Finds an engine: any for `docker-daemon:`, podman for `containers-storage:`. */
  readonly engine: (kind: EngineKind | undefined) => Promise<ContainerEngine>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** A folder for what must be written down before it can be read: pipes and compressed archives. */
  readonly spoolFolder: string;
}

/** How a target is written. */
export interface TargetOptions {
  /** Of an archive as a whole; none when absent. */
  readonly compression?: Compression;
  /** More names for the image, with nothing left out: `localhost:5001/app:1`. */
  readonly names?: readonly string[];
  /** Whether a docker archive that is there is replaced; others always are. */
  readonly overwrite?: boolean;
  /** The child of an index that loaders get who know one platform alone; `linux` on this processor when absent. */
  readonly platform?: Platform;
}
