/** What `create` can be asked for, and a configuration file holds: options of every registry, and of clusters. */
import { several, single } from './declaration.ts';
import { ENGINES } from './engine-wish.ts';
import {
  ADDRESS,
  COUNT,
  DURATION,
  LABEL,
  NAME,
  NAMESPACE,
  NODE_PORT,
  PORT,
  PORT_PAIR,
  QUANTITY,
  SERVICE,
  SWITCH,
  USER,
  VERSION,
  choice,
  text,
} from './kinds.ts';

/** Of every registry. */
export const REGISTRY_OPTIONS = {
  name: single(NAME, '--name <name>', 'name (default: the only one there is, else devreg)'),
  profile: single(
    choice(['idpbuilder', 'raibid', 'plain']),
    '--profile <profile>',
    'host, ports, user and more as others have them: idpbuilder, raibid or plain; other options count before it',
  ),
  provider: single(
    choice(['kind', 'process']),
    '--provider <where>',
    'kind, or process (default: kind where docker and kind are there)',
  ),
  host: single(
    text('a host'),
    '--host <name>',
    'name that clients use, in the certificate (default: registry.localtest.me)',
  ),
  port: single(PORT, '--port <port>', 'port that goes with the host, 0 for any free one (default: 8443)'),
  registryPort: single(
    PORT,
    '--registry-port <port>',
    'port that goes with localhost, 0 for any free one (default: 5001)',
  ),
  protocol: single(
    choice(['https', 'http']),
    '--protocol <protocol>',
    'https, or http without any certificate (default: https)',
  ),
  tls: single(choice(['auto', 'off']), '--tls <when>', 'auto or off; off is --protocol http (default: auto)'),
  user: single(USER, '--user <name>', 'administrator (default: giteaAdmin)'),
  passwordFile: single(
    text('a file'),
    '--password-file <file>',
    'a password of your own (default: one that is drawn)',
    true,
  ),
  devPassword: single(SWITCH, '--dev-password', 'the password developer, which everybody knows'),
  dataDir: single(
    text('a folder'),
    '--data-dir <folder>',
    'folder of this machine for the images; it outlives the cluster',
    true,
  ),
  durability: single(
    choice(['full', 'fast']),
    '--durability <how>',
    'full: a push survives a power cut; fast: the death of the process (default: full)',
  ),
  timeout: single(
    DURATION,
    '--timeout <time>',
    'how long it may take, such as 30s or 10m (default: 5m; 60s for a process)',
  ),
} as const;

/** Of clusters alone. */
export const CLUSTER_OPTIONS = {
  engine: single(
    choice([...ENGINES, 'auto']),
    '--engine <engine>',
    'docker, podman or auto (default: the one kind is told to take, else the first there)',
  ),
  listen: single(
    ADDRESS,
    '--listen <address>',
    "IPv4 address of the engine's machine to publish on, 0.0.0.0 for all (default: 127.0.0.1 here; elsewhere the engine's)",
  ),
  workers: single(COUNT, '--workers <number>', 'worker nodes beside the control plane (default: 0)'),
  kubeVersion: single(
    VERSION,
    '--kube-version <version>',
    'version of Kubernetes, such as v1.34.0: kindest/node of it',
  ),
  nodeImage: single(text('an image'), '--node-image <image>', 'image of the nodes, such as kindest/node:v1.34.0'),
  kindConfig: single(
    text('a file, a URL or -'),
    '--kind-config <source>',
    'a file, a URL or - with a kind configuration to build upon',
    true,
  ),
  extraPorts: several(
    PORT_PAIR,
    '--extra-ports <pairs>',
    'more ports of this machine into the control plane, such as 22:32222,80:30080',
  ),
  ingress: single(choice(['traefik', 'none']), '--ingress <which>', 'traefik or none (default: traefik)'),
  ingressHostName: single(
    text('a host'),
    '--ingress-host-name <name>',
    'name by which a proxy of yours in front of the ingress asks for the registry',
  ),
  san: several(text('a name'), '--san <name...>', 'more names of the registry, on this machine, on nodes and in pods'),
  usePathRouting: single(SWITCH, '--use-path-routing', 'name images by a path, too: localtest.me:8443/registry/NAME'),
  namespace: single(NAMESPACE, '--namespace <name>', 'namespace of all that devreg makes (default: devreg)'),
  serviceName: single(SERVICE, '--service-name <name>', "name of the registry's Service (default: registry)"),
  serviceType: single(
    choice(['ClusterIP', 'NodePort']),
    '--service-type <type>',
    'ClusterIP or NodePort; NodePort is without ingress, at localhost, where nothing else is said (default: ClusterIP)',
  ),
  nodePort: single(NODE_PORT, '--node-port <port>', 'port of the nodes that leads to the registry (default: 30050)'),
  appName: single(LABEL, '--app-name <label>', 'label app.kubernetes.io/name of the registry (default: registry)'),
  storageSize: single(QUANTITY, '--storage-size <size>', 'room for images (default: 10Gi)'),
  storageClass: single(
    text('a name'),
    '--storage-class <name>',
    'storage class for the images; local-path is made if need be (default: a folder of the control plane)',
  ),
  registryImage: single(
    text('an image'),
    '--registry-image <image>',
    'an image to run instead of the one that comes with devreg',
  ),
  registryConfig: several(
    text('files'),
    '--registry-config [files]',
    'logins for other registries that nodes pull with: the first of these files that is there ' +
      "(default: podman's auth.json, docker's config.json)",
    true,
  ),
  hostsFile: single(
    SWITCH,
    '--hosts-file',
    'write names that do not resolve into /etc/hosts; devreg delete takes them out',
  ),
  login: single(SWITCH, '--login', 'log docker and podman in'),
} as const;
