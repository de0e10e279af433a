/**
 * The registry clients as tables of the lines a user types: logging in and out, pushing the sample, pulling it.
 * Lines that push or pull print the digest last.
 */
import type { Account } from './registry-process.ts';
import type { Tool } from './tools.ts';

/** A registry as clients see it. */
export interface Target {
  /** Host and port, as images are named. */
  readonly host: string;
  /** The file of the CA, or undefined for plain HTTP. */
  readonly ca: string | undefined;
}

/** What clients push; each takes the form it understands. */
export interface Sample {
  /** In container storage. */
  readonly image: string;
  /** The same, as an archive for `docker load`. */
  readonly archive: string;
  /** An OCI layout with one image, as `path:tag`. */
  readonly layout: string;
  /** A packed chart. */
  readonly chart: string;
}

/** A line, and what it reads from standard input. */
interface Typed {
  readonly line: string;
  readonly input?: string;
}

/** One client. */
export interface Client {
  readonly name: string;
  readonly tools: readonly Tool[];
  /** What makes it trust the CA, or speak plain HTTP, beyond the flags in its lines. */
  trust?(target: Target): string;
  /** What it says when it does not trust a certificate; undefined when it trusts every one on loopback. */
  readonly distrust: RegExp | undefined;
  /** What it says when it may not push. */
  readonly refusal: RegExp;
  /** Absent when it has no store of credentials and is given them with each line. */
  login?(target: Target, account: Account): Typed;
  /** Whether logging in asks the registry. */
  readonly checksLogin: boolean;
  logout?(target: Target): string;
  /** Pushes as tag 1. */
  push(target: Target, repository: string, sample: Sample, account?: Account): string;
  /** Pulls into a place where nothing of it is yet. */
  pull(target: Target, repository: string): string;
  /** Where it puts things: charts lie below the repository named to helm. */
  stored(repository: string): string;
}

/** The code of the specification in the way each client puts it, with the registry's message behind it. */
const REFUSAL = /unauthorized: authentication required/i;

const UNKNOWN_AUTHORITY = /x509: certificate signed by unknown authority/;

/** The three that share a library, and with it flags and the places where they look for a CA. */
const CONTAINERS = {
  refusal: REFUSAL,
  distrust: UNKNOWN_AUTHORITY,
  checksLogin: true,
  trust: ({ host, ca }: Target) =>
    ca === undefined ? ':' : `install -D ${ca} $HOME/.config/containers/certs.d/${host}/ca.crt`,
  stored: (repository: string) => repository,
};

function verify({ ca }: Target, prefix = ''): string {
  return ca === undefined ? `--${prefix}tls-verify=false` : '';
}

/** The same image in the storage already would be shown with the digest it has there. */
function inFreshStorage(program: string, ...lines: readonly string[]): string {
  return ['d=$(mktemp -d)', ...lines.map((line) => `${program} --root $d --runroot $d/run ${line}`)].join('\n');
}

const skopeo: Client = {
  ...CONTAINERS,
  name: 'skopeo',
  tools: ['skopeo', 'jq'],
  login: (target, { user, password }) => ({
    line: `skopeo login ${verify(target)} --username ${user} --password-stdin ${target.host}`,
    input: password,
  }),
  logout: ({ host }) => `skopeo logout ${host}`,
  push: (target, repository, { layout }) =>
    `skopeo copy ${verify(target, 'dest-')} --digestfile digest oci:${layout} docker://${target.host}/${repository}:1; cat digest`,
  pull: (target, repository) =>
    `d=$(mktemp -d); skopeo copy ${verify(target, 'src-')} docker://${target.host}/${repository}:1 oci:$d:1; jq -r '.manifests[0].digest' $d/index.json`,
};

const podman: Client = {
  ...CONTAINERS,
  name: 'podman',
  tools: ['podman'],
  login: (target, { user, password }) => ({
    line: `podman login ${verify(target)} --username ${user} --password-stdin ${target.host}`,
    input: password,
  }),
  logout: ({ host }) => `podman logout ${host}`,
  push: (target, repository, { image }) =>
    `podman push ${verify(target)} --digestfile digest ${image} ${target.host}/${repository}:1; cat digest`,
  pull: (target, repository) =>
    inFreshStorage(
      'podman',
      `pull ${verify(target)} ${target.host}/${repository}:1`,
      `image inspect --format '{{.Digest}}' ${target.host}/${repository}:1`,
    ),
};

const buildah: Client = {
  ...CONTAINERS,
  name: 'buildah',
  tools: ['buildah'],
  login: (target, { user, password }) => ({
    line: `buildah login ${verify(target)} --username ${user} --password-stdin ${target.host}`,
    input: password,
  }),
  logout: ({ host }) => `buildah logout ${host}`,
  push: (target, repository, { image }) =>
    `buildah push ${verify(target)} --digestfile digest ${image} docker://${target.host}/${repository}:1; cat digest`,
  pull: (target, repository) =>
    inFreshStorage(
      'buildah',
      `pull ${verify(target)} ${target.host}/${repository}:1`,
      `images --digests --format '{{.Digest}}' ${target.host}/${repository}:1`,
    ),
};

const docker: Client = {
  name: 'docker',
  tools: ['docker', 'dockerd'],
  refusal: REFUSAL,
  distrust: undefined,
  checksLogin: true,
  trust: ({ host, ca }) => (ca === undefined ? ':' : `install -D ${ca} /etc/docker/certs.d/${host}/ca.crt`),
  login: ({ host }, { user, password }) => ({
    line: `docker login -u ${user} --password-stdin ${host}`,
    input: password,
  }),
  logout: ({ host }) => `docker logout ${host}`,
  push: ({ host }, repository, { image, archive }) =>
    `docker load -qi ${archive}; docker tag localhost/${image} ${host}/${repository}:1; docker push ${host}/${repository}:1`,
  pull: ({ host }, repository) => `docker rmi -f $(docker images -q); docker pull ${host}/${repository}:1`,
  stored: (repository) => repository,
};

/** crane chooses plain HTTP for localhost by itself, and takes CAs from the system's variable. */
function crane({ ca }: Target): string {
  return ca === undefined ? 'crane' : `SSL_CERT_FILE=${ca} crane`;
}

const craneClient: Client = {
  name: 'crane',
  tools: ['crane', 'jq'],
  refusal: REFUSAL,
  distrust: UNKNOWN_AUTHORITY,
  checksLogin: false,
  login: (target, { user, password }) => ({
    line: `${crane(target)} auth login -u ${user} --password-stdin ${target.host}`,
    input: password,
  }),
  logout: (target) => `${crane(target)} auth logout ${target.host}`,
  push: (target, repository, { layout }) =>
    `${crane(target)} push ${layout.split(':')[0]} ${target.host}/${repository}:1`,
  pull: (target, repository) =>
    `d=$(mktemp -d); ${crane(target)} pull --format oci ${target.host}/${repository}:1 $d; jq -r '.manifests[0].digest' $d/index.json`,
  stored: (repository) => repository,
};

const regctl: Client = {
  name: 'regctl',
  tools: ['regctl'],
  refusal: /: unauthorized$/m,
  distrust: /certificate signed by unknown authority/,
  checksLogin: true,
  trust: ({ host, ca }) =>
    `regctl registry set ${host} ${ca === undefined ? '--tls disabled' : `--cacert "$(cat ${ca})"`}`,
  login: ({ host }, { user, password }) => ({
    line: `regctl registry login ${host} --user ${user} --pass-stdin`,
    input: password,
  }),
  logout: ({ host }) => `regctl registry logout ${host}`,
  push: ({ host }, repository, { layout }) =>
    `regctl image copy ocidir://${layout} ${host}/${repository}:1; regctl image digest ocidir://${layout}`,
  pull: ({ host }, repository) =>
    `d=$(mktemp -d); regctl image copy ${host}/${repository}:1 ocidir://$d:1; regctl image digest ocidir://$d:1`,
  stored: (repository) => repository,
};

function helmFlags({ ca }: Target): string {
  return ca === undefined ? '--plain-http' : `--ca-file ${ca}`;
}

const helm: Client = {
  name: 'helm',
  tools: ['helm'],
  refusal: REFUSAL,
  distrust: UNKNOWN_AUTHORITY,
  checksLogin: true,
  login: (target, { user, password }) => ({
    line: `helm registry login ${target.host} -u ${user} --password-stdin ${helmFlags(target)}`,
    input: password,
  }),
  logout: ({ host }) => `helm registry logout ${host}`,
  push: (target, repository, { chart }) => `helm push ${chart} oci://${target.host}/${repository} ${helmFlags(target)}`,
  pull: (target, repository) =>
    `helm pull oci://${target.host}/${repository}/sample --version 1 -d $(mktemp -d) ${helmFlags(target)}`,
  stored: (repository) => `${repository}/sample`,
};

function curl({ host, ca }: Target): { readonly curl: string; readonly base: string } {
  return ca === undefined
    ? { curl: 'curl -sS --fail-with-body', base: `http://${host}/v2` }
    : { curl: `curl -sS --fail-with-body --cacert ${ca}`, base: `https://${host}/v2` };
}

const curlClient: Client = {
  name: 'curl',
  tools: ['curl', 'jq'],
  refusal: /"UNAUTHORIZED","message":"authentication required/,
  distrust: /unable to get local issuer certificate|self.signed certificate/i,
  checksLogin: false,
  push(target, repository, { layout }, account) {
    const { curl: request, base } = curl(target);
    const as = account === undefined ? request : `${request} -u ${account.user}:${account.password}`;
    return `
      cd ${layout.split(':')[0]}
      manifest=$(jq -r '.manifests[0].digest' index.json)
      upload() {
        test "$(curl -s -o /dev/null -w '%{http_code}' --head ${target.ca === undefined ? '' : `--cacert ${target.ca}`} ${base}/${repository}/blobs/$1)" = 200 && return
        ${as} -o answer --data-binary @blobs/sha256/\${1#sha256:} -H 'Content-Type: application/octet-stream' "${base}/${repository}/blobs/uploads/?digest=$1" || { cat answer; exit 22; }
      }
      for digest in $(jq -r '.config.digest, .layers[].digest' blobs/sha256/\${manifest#sha256:}); do upload $digest; done
      ${as} -X PUT --data-binary @blobs/sha256/\${manifest#sha256:} -H "Content-Type: $(jq -r '.mediaType // "application/vnd.oci.image.manifest.v1+json"' blobs/sha256/\${manifest#sha256:})" ${base}/${repository}/manifests/1
      echo $manifest`;
  },
  pull(target, repository) {
    const { curl: request, base } = curl(target);
    return `
      d=$(mktemp -d)
      ${request} -o $d/manifest ${base}/${repository}/manifests/1
      for digest in $(jq -r '.config.digest, .layers[].digest' $d/manifest); do
        test sha256:$(${request} ${base}/${repository}/blobs/$digest | sha256sum | cut -d' ' -f1) = $digest
      done
      echo sha256:$(sha256sum < $d/manifest | cut -d' ' -f1)`;
  },
  stored: (repository) => repository,
};

/** Every client there is. */
export const CLIENTS: readonly Client[] = [skopeo, podman, buildah, craneClient, regctl, helm, docker, curlClient];

/** The last digest that a client said. @throws when it said none */
export function lastDigest(output: string): string {
  const digest = output.match(/sha256:[0-9a-f]{64}/g)?.at(-1);
  if (digest === undefined) throw new Error(`There is no digest in:\n${output}`);
  return digest;
}
