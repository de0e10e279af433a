/** Images in the place of those of Docker Hub: a shell and what it is linked with, for one platform and for many. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterUser } from '../../support/cluster-user.ts';
import { digestOf } from '../../support/images.ts';

/** Writes the folder `ubuntu`, which an image with `sh` and `sleep` is built from, and builds `alpine:latest` from it. */
export async function makeImages(user: ClusterUser): Promise<void> {
  const lines = ['FROM scratch', 'COPY rootfs /', `LABEL ${user.label}`, 'CMD ["/bin/sh"]', ''];
  await user.write('ubuntu/Dockerfile', lines.join('\n'));
  await user.sh(`
    for file in /bin/sh /bin/sleep $(ldd /bin/sh /bin/sleep | grep -oE '/[^ :]+ ' | sort -u); do
      install -D $file ubuntu/rootfs$file
    done
    docker build -q -t alpine:latest ubuntu`);
}

/** The platforms of alpine on Docker Hub, each with an attestation: 17 manifests with the index. */
const PLATFORMS = ['amd64', 'arm/v6', 'arm/v7', 'arm64/v8', '386', 'ppc64le', 'riscv64', 's390x'];

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Writes the same content for all platforms as the OCI layout `alpine` with the tag `latest`. @returns its digest */
export async function writeLayout(user: ClusterUser): Promise<string> {
  const folder = join(user.folder, 'alpine');
  await user.sh('tar -C ubuntu/rootfs -czf layer.tar.gz .; gunzip -c layer.tar.gz > layer.tar; mkdir -p alpine');
  const [packed, plain] = await Promise.all(
    ['layer.tar.gz', 'layer.tar'].map((name) => readFile(join(user.folder, name))),
  );
  if (packed === undefined || plain === undefined) throw new Error('There is no layer.');
  const diff = digestOf(plain);
  const layer = await writeBlob(folder, OCI('layer.v1.tar+gzip'), packed);
  const manifests: unknown[] = [];
  for (const name of PLATFORMS) {
    const [architecture = '', variant] = name.split('/');
    const platform = { os: 'linux', architecture, ...(variant !== undefined && { variant }) };
    const image = await writeManifest(folder, { ...platform, ...configOf(diff) }, layer);
    manifests.push({ ...image, platform }, await writeAttestation(folder, image.digest));
  }
  const index = await writeBlob(folder, OCI('index.v1+json'), indexOf(manifests));
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  await writeFile(join(folder, 'index.json'), indexOf([{ ...index, annotations }]));
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return index.digest;
}

/** Says of an image how it was built, as buildkit does. */
async function writeAttestation(folder: string, subject: string): Promise<unknown> {
  const statement = JSON.stringify({ _type: 'https://in-toto.io/Statement/v0.1', subject: [{ digest: subject }] });
  const layer = await writeBlob(folder, 'application/vnd.in-toto+json', statement);
  const config = { os: 'unknown', architecture: 'unknown', ...configOf(layer.digest) };
  return {
    ...(await writeManifest(folder, config, layer)),
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': subject,
    },
    platform: { os: 'unknown', architecture: 'unknown' },
  };
}

const OCI = (what: string) => `application/vnd.oci.image.${what}`;
const configOf = (diff: string) => ({ config: { Cmd: ['/bin/sh'] }, rootfs: { type: 'layers', diff_ids: [diff] } });
const indexOf = (manifests: unknown) =>
  JSON.stringify({ schemaVersion: 2, mediaType: OCI('index.v1+json'), manifests });

async function writeManifest(folder: string, config: unknown, layer: Descriptor): Promise<Descriptor> {
  const mediaType = OCI('manifest.v1+json');
  const configured = await writeBlob(folder, OCI('config.v1+json'), JSON.stringify(config));
  const manifest = { schemaVersion: 2, mediaType, config: configured, layers: [layer] };
  return writeBlob(folder, mediaType, JSON.stringify(manifest));
}

async function writeBlob(folder: string, mediaType: string, content: string | Buffer): Promise<Descriptor> {
  const digest = digestOf(content);
  const path = join(folder, 'blobs', digest.replace(':', '/'));
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return { mediaType, digest, size: Buffer.byteLength(content) };
}
