/** Reads what an error's text names: whose words it is, which registry, which image, which port. Pure. */
import type { Client, Reading } from './question.ts';

/** The first that fits counts; a kubelet's words have those of containerd in them. */
const CLIENTS: readonly (readonly [Client, RegExp])[] = [
  [
    'kubelet',
    /Failed to pull image|ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|kubelet|pulling image|Back-off/,
  ],
  ['helm', /\bhelm\b|INSTALLATION FAILED|UPGRADE FAILED|failed to perform "(?:Fetch|Push|Exists|Resolve)|oci:\/\//i],
  [
    'podman',
    /pinging container registry|trying to reuse blob|initializing (?:source|destination)|docker:\/\/|Error: (?:writing|copying|authenticating)|podman|skopeo|buildah|level=fatal/i,
  ],
  ['buildx', /failed to solve|buildkit|buildx|load metadata for|failed to push/i],
  [
    'docker',
    /Error response from daemon|docker: |Error saving credentials|error getting credentials|dockerd?\b|daemon\.json/i,
  ],
  [
    'containerd',
    /failed to (?:pull and unpack|resolve (?:reference|image)|copy:|do request)|rpc error|containerd|\bctr:/i,
  ],
  ['curl', /^curl: \(\d+\)/m],
  ['node', /UNABLE_TO_|SELF_SIGNED_CERT|NODE_EXTRA_CA_CERTS|npm (?:ERR!|error)/],
];

/** As much as may be a host; longer than any is, so that no text takes long. */
const HOST = String.raw`(?:\[[0-9a-f:]+\]|[a-z0-9][a-z0-9.-]{0,252})`;
const PATH = String.raw`[a-z0-9][a-z0-9._\/-]{0,254}`;

/** A URL below the API of a registry. */
const URL_V2 = new RegExp(
  String.raw`https?:\/\/(${HOST}(?::\d+)?)\/v2\/(?:(${PATH})\/(?:manifests|blobs|tags)\b(?:\/([\w.-]+))?)?`,
  'i',
);

/** An image: a host with a port or a dot, or localhost, then a path. */
const IMAGE = new RegExp(
  String.raw`(?<![\w.\/-])((?:${HOST}:\d+|localhost|(?:[a-z0-9-]+\.)+[a-z]{2,}))\/(${PATH})(?::([\w][\w.-]{0,127}))?`,
  'i',
);

/** What else names a host, perhaps with a port. */
const PLACES: readonly RegExp[] = [
  /container registry "?([\w.-]+(?::\d+)?)/i,
  new RegExp(String.raw`https?:\/\/(${HOST}(?::\d+)?)`, 'i'),
  new RegExp(String.raw`lookup (${HOST})`, 'i'),
  new RegExp(
    String.raw`\b(?:host:?|to|into|for) "?((?:localhost|${HOST}:\d+|(?:[a-z0-9-]+\.)+[a-z]{2,})(?::\d+)?)\b`,
    'i',
  ),
];

/** Ports, by the words in which systems tell of them. */
const PORTS: readonly RegExp[] = [
  /(?:dial tcp|listen tcp[46]?|connect to|Bind for)\s+\S*?:(\d{1,5})\b/i,
  /(?:port|connect to \S+ port) (\d{1,5})\b/i,
  /EADDRINUSE\S*[^\n]{0,300}:(\d{1,5})\b/,
];

/** Reads a text. Colours of terminals do not count. */
export function readError(raw: string): Reading {
  // eslint-disable-next-line no-control-regex
  const text = raw.replaceAll(/\u001b\[[0-9;]*m/g, '').trim();
  const client = CLIENTS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'unknown';
  const [, urlHost, urlRepository, urlTag] = URL_V2.exec(text) ?? [];
  const [, imageHost, imageRepository, imageTag] = IMAGE.exec(text) ?? [];
  const registry = imageHost ?? urlHost ?? registryIn(text);
  const repository = urlRepository ?? (imageRepository === 'v2' ? undefined : imageRepository);
  return {
    text,
    client,
    registry: registry?.toLowerCase(),
    repository,
    tag: imageTag ?? urlTag,
    port: firstPort(text) ?? portOf(registry),
  };
}

function registryIn(text: string): string | undefined {
  return PLACES.map((pattern) => pattern.exec(text)?.[1]).find((place) => place !== undefined);
}

function firstPort(text: string): number | undefined {
  const found = PORTS.map((pattern) => pattern.exec(text)?.[1]).find((port) => port !== undefined);
  const port = Number(found);
  return port > 0 && port <= 65_535 ? port : undefined;
}

function portOf(registry: string | undefined): number | undefined {
  const [, port] = /:(\d{1,5})$/.exec(registry ?? '') ?? [];
  return port === undefined ? undefined : Number(port);
}
