/** The words of trusting: who is to trust what, on what machine, and what that takes. */

/** Programs, or stores of certificates, that can be made to trust a registry. */
export const TARGET_NAMES = [
  'docker',
  'docker-rootless',
  'docker-desktop',
  'podman',
  'containerd',
  'buildx',
  'system',
  'nss',
  'java',
  'node',
] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** What is to be trusted. */
export interface TrustSubject {
  /** Each `host:port`, as images are named. */
  readonly registries: readonly string[];
  /** The CA to believe; undefined: the registries speak plain HTTP, or are to be believed without a certificate. */
  readonly authority: Authority | undefined;
}

/** A CA. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** Where it is kept, absolute. */
  readonly file: string;
  /** The sha1 and sha256 of its DER, lower-case hex. */
  readonly sha1: string;
  readonly sha256: string;
}

/** How a Linux keeps its CAs. */
export type LinuxFamily = 'debian' | 'fedora' | 'arch' | 'suse';

/** The machine, as far as paths and commands depend on it. */
export interface TrustHost {
  readonly platform: NodeJS.Platform;
  /** The folder that `/etc` is in. */
  readonly root: string;
  readonly home: string;
  /** The user's XDG_CONFIG_HOME. */
  readonly configHome: string;
  /** The folder of Docker's client. */
  readonly dockerConfig: string;
  /** Windows keeps what is for all users there. */
  readonly programData: string;
  readonly isRoot: boolean;
  /** Undefined when the system is none that is known. */
  readonly family: LinuxFamily | undefined;
  /** Folders of NSS databases, of browsers. */
  readonly nssDatabases: readonly string[];
}

/** Whose a file is, or who must run a command. */
export type Owner = 'user' | 'root';

/**
 * How devreg's part lies in a file: the `whole` of it; elements of the `json-list` under `insecure-registries`; `blocks`
 * of text behind what was there.
 */
export type FormName = 'whole' | 'json-list' | 'blocks';

/** One registry's part in a file. */
export interface WantedPart {
  readonly registry: string;
  readonly path: string;
  readonly owner: Owner;
  readonly form: FormName;
  readonly text: string;
}

/** A command to be run once, however many registries want it, after the files are there. */
export interface WantedCommand {
  /** Tells commands apart that do the same for different CAs. */
  readonly id: string;
  readonly owner: Owner;
  readonly argv: readonly string[];
  /** Takes it back, after the files are gone. */
  readonly undo: readonly string[];
}

/** What it takes to make one target trust. */
export interface TargetWants {
  readonly parts: readonly WantedPart[];
  readonly commands: readonly WantedCommand[];
  /** What is left to the user, once something was changed. */
  readonly hints: readonly string[];
}

/** Why a target cannot do what is wanted. */
export interface Unfit {
  readonly unfit: string;
}
