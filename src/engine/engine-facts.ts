/** In what container engines differ, for devreg; all else they share. */
import { type RemoteEngine, parseDockerLocation } from './engine-location.ts';
import type { EngineKind } from './engine.ts';

/** The facts of one engine. */
export interface EngineFacts {
  readonly kind: EngineKind;
  /** The name people know it by. */
  readonly title: string;
  readonly program: string;
  /** What its program says first when asked for its version. */
  readonly introduction: string;
  /** Arguments that fail unless the engine answers. */
  readonly probe: readonly string[];
  /** What the answer to them has in it when another engine answers in this one's place, and what to do then. */
  readonly impostor?: { readonly answer: RegExp; readonly title: string; readonly remedy: string };
  /** Arguments that ask where the engine is, and how the answer reads when that is elsewhere. */
  readonly whereabouts: { readonly args: readonly string[]; readonly isRemote: (answer: string) => boolean };
  /** Arguments that ask where it is in full, and the answer; absent: elsewhere is a virtual machine that passes its ports on. */
  readonly location?: {
    readonly args: readonly string[];
    readonly parse: (answer: string) => RemoteEngine | undefined;
  };
  /** What the program says when nobody answers. */
  readonly unreachable: RegExp;
  /** What to do about that, by what was said; the last always fits. */
  readonly remedies: readonly (readonly [said: RegExp, remedy: string])[];
}

export const DOCKER: EngineFacts = {
  kind: 'docker',
  title: 'Docker',
  program: 'docker',
  introduction: 'Docker version',
  probe: ['version', '--format', '{{.Server.Version}}{{range .Server.Components}} {{.Name}}{{end}}'],
  impostor: {
    answer: /podman/i,
    title: 'Podman',
    remedy:
      'Install the program podman here and choose it with --engine podman: kind works with Podman by that program alone.',
  },
  whereabouts: {
    // Knows of DOCKER_HOST and DOCKER_CONTEXT alike.
    args: ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'],
    isRemote: (answer) => !/^(?:unix|npipe|fd):/.test(answer),
  },
  location: {
    args: ['context', 'inspect', '--format', '{{.Name}} {{.Endpoints.docker.Host}}'],
    parse: parseDockerLocation,
  },
  unreachable:
    /cannot connect to the docker daemon|failed to connect to the docker api|error during connect|permission denied while trying to connect|unable to resolve docker endpoint|unable to parse docker host|is the docker daemon running/i,
  remedies: [
    [
      /permission denied/i,
      'Let your user talk to it: sudo usermod -aG docker $USER, then log in again. The group may do all that root may.',
    ],
    [/context/i, 'See `docker context ls`, and check the variable DOCKER_CONTEXT.'],
    [
      /(?:tcp|ssh|https?):\/\//i,
      'Check the variable DOCKER_HOST and `docker context ls`, and that the other machine is up.',
    ],
    [/(?:)/, 'Start it: sudo systemctl start docker, or open Docker Desktop. If it is elsewhere, set DOCKER_HOST.'],
  ],
};

export const PODMAN: EngineFacts = {
  kind: 'podman',
  title: 'Podman',
  program: 'podman',
  introduction: 'podman version',
  probe: ['info', '--format', '{{.Host.ServiceIsRemote}}'],
  whereabouts: {
    args: ['info', '--format', '{{.Host.ServiceIsRemote}}'],
    isRemote: (answer) => answer === 'true',
  },
  unreachable: /cannot connect to podman|unable to connect to podman/i,
  remedies: [
    [
      /(?:tcp|ssh):\/\//i,
      'Check the variable CONTAINER_HOST and `podman system connection list`. On macOS and Windows: podman machine start.',
    ],
    [/(?:)/, 'See what `podman info` says. On macOS and Windows: podman machine start.'],
  ],
};
