/** What makes container engines trust a registry. Pure. */
import { type PlatformPath, posix, win32 } from 'node:path';
import type { TargetWants, TrustHost, TrustSubject, Unfit, WantedPart } from './target.ts';

const CERT = 'ca.crt';

/**
 * Docker's engine for the whole machine: it reads the CA with each request, and `daemon.json` when it starts.
 * @see https://docs.docker.com/engine/security/certificates/
 */
export function planDocker(subject: TrustSubject, host: TrustHost): TargetWants | Unfit {
  if (host.platform === 'win32') {
    const folder = win32.join(host.programData, 'docker');
    return planDockerFolder(
      subject,
      { folder, owner: 'root', path: win32, folderOf: foldedName },
      'Restart-Service docker',
    );
  }
  if (host.platform !== 'linux')
    return { unfit: 'On this system Docker runs in a machine of its own: docker-desktop.' };
  const folder = posix.join(host.root, 'etc/docker');
  return planDockerFolder(subject, { folder, owner: 'root', ...POSIX }, 'sudo systemctl restart docker');
}

/** Docker's engine of the user alone. */
export function planRootlessDocker(subject: TrustSubject, host: TrustHost): TargetWants | Unfit {
  if (host.platform !== 'linux') return { unfit: 'Rootless Docker is there on Linux only.' };
  const folder = posix.join(host.configHome, 'docker');
  return planDockerFolder(subject, { folder, owner: 'user', ...POSIX }, 'systemctl --user restart docker');
}

/** Docker Desktop: it copies what is in the user's folder into its machine when it starts. */
export function planDockerDesktop(subject: TrustSubject, host: TrustHost): TargetWants | Unfit {
  const restart = 'Restart Docker Desktop, from its icon in the menu bar or the tray; devreg does not do it.';
  const isWindows = host.platform === 'win32';
  const path = isWindows ? win32 : posix;
  const place = { folder: path.join(host.home, '.docker'), owner: 'user' as const, path, folderOf: sameName };
  const { authority } = subject;
  if (authority === undefined || !isWindows) return { ...planDockerFolder(subject, place, ''), hints: [restart] };
  // A colon cannot stand in the name of a folder there, but Docker Desktop reads the user's root store.
  return {
    parts: [],
    commands: [
      {
        id: `windows-root-${authority.sha256}`,
        owner: 'user',
        argv: ['certutil', '-user', '-addstore', 'Root', authority.file],
        undo: ['certutil', '-user', '-delstore', 'Root', authority.sha1],
      },
    ],
    hints: [restart],
  };
}

/**
 * podman, buildah and skopeo, for every user of the machine.
 * @see https://github.com/containers/image/blob/main/docs/containers-certs.d.5.md
 */
export function planPodman({ registries, authority }: TrustSubject, host: TrustHost): TargetWants | Unfit {
  if (host.platform !== 'linux')
    return { unfit: 'On this system podman runs in a machine of its own: podman machine ssh leads into it.' };
  const system = posix.join(host.root, 'etc/containers');
  if (authority !== undefined) {
    const { certificate: text } = authority;
    const parts = registries.map((registry) => ({
      ...part(registry, posix.join(system, 'certs.d', registry, CERT), text),
      owner: 'root' as const,
    }));
    return { parts, commands: [], hints: [] };
  }
  // What is for one user needs no rights of root.
  const folder = host.isRoot ? system : posix.join(host.home, '.config/containers');
  const path = posix.join(folder, 'registries.conf.d/50-devreg.conf');
  const parts = registries.map((registry): WantedPart => {
    const text = `[[registry]]\nlocation = ${JSON.stringify(registry)}\ninsecure = true\n`;
    return { registry, path, owner: host.isRoot ? 'root' : 'user', form: 'blocks', text };
  });
  return { parts, commands: [], hints: [] };
}

/**
 * containerd of the machine, and nerdctl.
 * @see https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export function planContainerd({ registries, authority }: TrustSubject, host: TrustHost): TargetWants | Unfit {
  if (host.platform !== 'linux') return { unfit: 'containerd of the machine is there on Linux only.' };
  const folder = posix.join(host.root, 'etc/containerd/certs.d');
  const parts = registries.flatMap((registry) => {
    const cert = posix.join(folder, registry, CERT);
    const url = `${authority === undefined ? 'http' : 'https'}://${registry}`;
    const trust = authority === undefined ? [] : [`  ca = ${JSON.stringify(cert)}`];
    const hosts = [
      `server = "${url}"`,
      '',
      `[host."${url}"]`,
      '  capabilities = ["pull", "resolve", "push"]',
      ...trust,
    ];
    const file = part(registry, posix.join(folder, registry, 'hosts.toml'), `${hosts.join('\n')}\n`);
    return authority === undefined ? [file] : [file, part(registry, cert, authority.certificate)];
  });
  const hint =
    'nerdctl and ctr --hosts-dir find these files; the CRI plugin does where config_path in ' +
    '/etc/containerd/config.toml is "/etc/containerd/certs.d".';
  return { parts: parts.map((one) => ({ ...one, owner: 'root' })), commands: [], hints: [hint] };
}

/**
 * Builders of buildx that run in a container: the settings that new ones get.
 * @see https://docs.docker.com/build/builders/drivers/docker-container/
 */
export function planBuildx({ registries, authority }: TrustSubject, host: TrustHost): TargetWants {
  const path = (host.platform === 'win32' ? win32 : posix).join(host.dockerConfig, 'buildx', 'buildkitd.default.toml');
  const trust = authority === undefined ? '  http = true' : `  ca = [${JSON.stringify(authority.file)}]`;
  const parts = registries.map((registry): WantedPart => {
    const text = `[registry."${registry}"]\n${trust}\n`;
    return { registry, path, owner: 'user', form: 'blocks', text };
  });
  const hint =
    'Only new builders read it: docker buildx create --name devreg --driver-opt network=host --use. Without ' +
    'network=host, localhost is the container of the builder.';
  return { parts, commands: [], hints: [hint] };
}

interface DockerPlace {
  readonly folder: string;
  readonly owner: 'user' | 'root';
  readonly path: PlatformPath;
  readonly folderOf: (registry: string) => string;
}

const POSIX = { path: posix, folderOf: sameName };

function planDockerFolder({ registries, authority }: TrustSubject, place: DockerPlace, restart: string): TargetWants {
  const { folder, owner, path: paths, folderOf } = place;
  if (authority === undefined) {
    const path = paths.join(folder, 'daemon.json');
    const parts = registries.map((registry): WantedPart => ({
      registry,
      path,
      owner,
      form: 'json-list',
      text: registry,
    }));
    const hint = `Docker reads it when it starts: ${restart}. devreg does not restart it: containers would stop.`;
    return { parts, commands: [], hints: [hint] };
  }
  const parts = registries.map((registry) => ({
    ...part(registry, paths.join(folder, 'certs.d', folderOf(registry), CERT), authority.certificate),
    owner,
  }));
  return { parts, commands: [], hints: [] };
}

function part(registry: string, path: string, text: string): Omit<WantedPart, 'owner'> {
  return { registry, path, form: 'whole', text };
}

function sameName(registry: string): string {
  return registry;
}

/** Where a colon cannot stand in a name, `host:port` is `host_port_`. */
function foldedName(registry: string): string {
  return registry.replace(/:(\d+)$/, '_$1_');
}
