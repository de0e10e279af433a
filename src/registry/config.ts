/** How a registry is configured; where the values come from is not its affair. */
import type { Durability } from './core/ports.ts';
import type { TlsFiles } from './http/tls-files.ts';
import type { RouteRule } from './http/route.ts';
import type { LogLevel } from './log.ts';

/** An address to listen on. */
export interface ListenAddress {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
}

/** A user that shall exist, with a password as people type it. */
export interface InitialUser {
  readonly name: string;
  readonly password: string;
  /** An access token the user shall have, as `newAccessToken` makes it. */
  readonly token: string | undefined;
}

/** Everything a registry is told when it is opened. */
export interface RegistryConfig {
  /** The folder that holds blobs and metadata. */
  readonly dataDir: string;
  readonly listen: readonly ListenAddress[];
  /** With a certificate every address answers TLS and plain HTTP; without, plain HTTP only. */
  readonly tls: TlsFiles | undefined;
  /** Administrators to make, or to give this password. */
  readonly users: readonly InitialUser[];
  /** Anybody may write, from wherever they can reach the server. */
  readonly anonymousPush: boolean;
  /** The first component of a repository's name must be the user who pushes (S0-10). */
  readonly requireOwner: boolean;
  /** Whether tags, manifests and blobs can be deleted. */
  readonly allowDelete: boolean;
  /** Accept manifests whose references are not all there. */
  readonly allowSparse: boolean;
  readonly durability: Durability;
  /** Milliseconds between collections of garbage; 0: only when somebody asks. */
  readonly gcInterval: number;
  /** For so many milliseconds clients may rely on what they were told is there, without a manifest that keeps it. */
  readonly gcLease: number;
  /** After so many milliseconds without a byte an upload is given up. */
  readonly uploadIdle: number;
  /** Besides the ones below `/repositories/oci/`. */
  readonly routes: readonly RouteRule[];
  /** Networks in CIDR notation whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Milliseconds that open requests get when the registry closes. */
  readonly grace: number;
  /** How much the log says; below `info` it has neither requests nor audit lines. */
  readonly logLevel: LogLevel;
}
