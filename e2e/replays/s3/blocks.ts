/** The blocks of the notes on registries and skopeo (S3), as they are written. */

import type { Block } from '../replay.ts';

/** Every block, in its order; an output belongs to the command with its id. */
export const BLOCKS: readonly Block[] = [
  {
    id: 's3-01',
    kind: 'sh',
    text: ['docker images'].join('\n'),
  },
  {
    id: 's3-01',
    kind: 'output',
    text: [
      'REPOSITORY                  TAG             IMAGE ID      CREATED       SIZE',
      'gitea/gitea                 1.20.1-rootless eb341527606d  4 months ago  261MB',
      'postgres                    14.5            cefd1c9e490c  13 months ago 376MB',
      'golang_1.17_alpine3.15_gcc  latest          6093faef6d66  17 months ago 438MB',
      '...',
      'hello-world                 latest          feb5d9fea6a5  2 years ago   13.3kB',
    ].join('\n'),
  },
  {
    id: 's3-02',
    kind: 'sh',
    text: ['docker rmi ${IMG_NAME}:${IMG_VER}'].join('\n'),
  },
  {
    id: 's3-03',
    kind: 'sh',
    text: ['docker image prune'].join('\n'),
  },
  {
    id: 's3-04',
    kind: 'url',
    text: ['https://docs.docker.com/registry/#what-it-is'].join('\n'),
  },
  {
    id: 's3-05',
    kind: 'url',
    text: ['https://docs.docker.com/registry/introduction/'].join('\n'),
  },
  {
    id: 's3-06',
    kind: 'sh',
    text: ['docker run -d \\', '  -p 5000:5000 \\', '  --restart=always \\', '  --name registry registry:2'].join('\n'),
  },
  {
    id: 's3-07',
    kind: 'sh',
    text: ['docker search ubuntu'].join('\n'),
  },
  {
    id: 's3-07',
    kind: 'output',
    text: [
      'NAME                 DESCRIPTION    STARS     OFFICIAL   AUTOMATED',
      'ubuntu               Ubuntu is a... 16627     [OK]',
      'ubuntu/nginx         Nginx, a hi... 102',
      'ubuntu/squid         Squid is a ... 70',
      '...',
    ].join('\n'),
  },
  {
    id: 's3-08',
    kind: 'sh',
    text: [
      'curl -s \\',
      "  'https://registry.hub.docker.com/v2/repositories/library/ubuntu/tags/' | \\",
      '  jq \'."results"[]["name"]\'',
    ].join('\n'),
  },
  {
    id: 's3-08',
    kind: 'output',
    text: ['"latest"', '"rolling"', '...', '"23.10"', '"23.04"', '...'].join('\n'),
  },
  {
    id: 's3-09',
    kind: 'sh',
    text: ['docker pull ubuntu'].join('\n'),
  },
  {
    id: 's3-10',
    kind: 'sh',
    text: ['docker image tag ubuntu \\', '  server01:5000/myfirstimage'].join('\n'),
  },
  {
    id: 's3-11',
    kind: 'sh',
    text: [
      'docker login           \\',
      '     -u ${LOGIN_USER}    \\',
      '     -p ${SESSION_TOKEN} \\',
      '     server01:5000',
    ].join('\n'),
  },
  {
    id: 's3-12',
    kind: 'sh',
    text: ['docker push \\', '  server01:5000/myfirstimage'].join('\n'),
  },
  {
    id: 's3-13',
    kind: 'sh',
    text: ['docker pull \\', '  server01:5000/myfirstimage'].join('\n'),
  },
  {
    id: 's3-14',
    kind: 'url',
    text: ['https://www.projectatomic.io/blog/2018/05/podman-tls/'].join('\n'),
  },
  {
    id: 's3-15',
    kind: 'sh',
    text: ['cat /etc/containers/registries.conf'].join('\n'),
  },
  {
    id: 's3-16',
    kind: 'toml',
    text: ['# ...', '[registries.search]', "registries = ['docker.io', ..., server01:5000 ]"].join('\n'),
  },
  {
    id: 's3-17',
    kind: 'url',
    text: ['https://github.com/containers/skopeo'].join('\n'),
  },
  {
    id: 's3-18',
    kind: 'url',
    text: ['https://www.redhat.com/en/blog/skopeo-10-released'].join('\n'),
  },
  {
    id: 's3-19',
    kind: 'output',
    text: [
      'copy             : Copy image (manifest, FS layers, signatures).',
      "delete           : Mark image-name for **later deletion by registry's garbage collector**.",
      'inspect          : Return image low-level information from remote registry.',
      'list-tags        : Return list of tags for image.',
      'sync             : Synchronize images between registry repositories.',
      'manifest-digest  : Compute manifest digest for manifest-file. ',
      'standalone-sign  : Debugging tool: Sign   image locally without uploading.',
      'standalone-verify: Debugging tool: Verify image signature from local files.',
      'login/logout          ',
      'generate-sigstore-key : Generate a sigstore public/private key pair.',
    ].join('\n'),
  },
  {
    id: 's3-20',
    kind: 'url',
    text: ['GET .../v2/_catalog'].join('\n'),
  },
  {
    id: 's3-21',
    kind: 'url',
    text: ['GET .../v2/repo01/tags/list'].join('\n'),
  },
  {
    id: 's3-22',
    kind: 'sh',
    text: ['REG="registry.fedoraproject.org"'].join('\n'),
  },
  {
    id: 's3-23',
    kind: 'sh',
    text: ['REPO="https://${REG}"'].join('\n'),
  },
  {
    id: 's3-24',
    kind: 'sh',
    text: ['curl --silent -X GET \\', '  ${REPO}/v2/_catalog \\', '  | jq .repositories'].join('\n'),
  },
  {
    id: 's3-24',
    kind: 'output',
    text: ['[ ..., "fedora", ... ]'].join('\n'),
  },
  {
    id: 's3-25',
    kind: 'sh',
    text: ['curl --silent -X GET ${REPO}/v2/fedora/tags/list | jq .'].join('\n'),
  },
  {
    id: 's3-25',
    kind: 'output',
    text: ['{', '  "name": "fedora",', '  "tags": [ "latest", "34-aarch64", "34-ppc64le", ... ]', '}'].join('\n'),
  },
  {
    id: 's3-26',
    kind: 'sh',
    text: ['skopeo login ${REG}'].join('\n'),
  },
  {
    id: 's3-27',
    kind: 'sh',
    text: ['skopeo delete \\', '  docker://${REG}/fedora:34-aarch64'].join('\n'),
  },
  {
    id: 's3-28',
    kind: 'sh',
    text: [
      'docker exec -it -u root registry \\',
      '  bin/registry garbage-collect \\',
      '  --delete-untagged /etc/docker/registry/config.yml',
    ].join('\n'),
  },
  {
    id: 's3-29',
    kind: 'sh',
    text: ['skopeo inspect \\', '   docker://registry.fedoraproject.org/fedora:latest'].join('\n'),
  },
  {
    id: 's3-29',
    kind: 'output',
    text: [
      '{',
      '    "Name": "registry.fedoraproject.org/fedora",',
      '    "Digest": "sha256:0f65bee...",',
      '    "RepoTags": [ "34-aarch64", "34", "latest", ... ],',
      '    ...',
      '    "DockerVersion": "1.10.1",',
      '    "Labels": { "license": "MIT", "name": "fedora", "vendor": "Fedora Project",... },',
      '    "Architecture": "amd64",',
      '    ...',
      '    "Layers": [ "sha256:2a0fc..." ],',
      '    "LayersData": [ { ... } ],',
      '    "Env": [ "DISTTAG=f37container", "FGC=f37", "container=oci"',
      '     ]',
      '}',
    ].join('\n'),
  },
  {
    id: 's3-30',
    kind: 'sh',
    text: ['skopeo inspect --config \\', '   docker://registry.fedoraproject.org/fedora:latest | \\', '   jq .'].join(
      '\n',
    ),
  },
  {
    id: 's3-30',
    kind: 'output',
    text: [
      '{',
      '  ...',
      '  "config": { "Env": [ ... } ], "Cmd": [ "/bin/bash" ], ... }',
      '  "rootfs": { "type": "layers", "diff_ids": [ "sha256:a4c0fa..." ] },',
      '  "history": [ { ... } ]',
      '}',
    ].join('\n'),
  },
  {
    id: 's3-31',
    kind: 'sh',
    text: [
      'skopeo copy \\',
      '  docker://quay.io/buildah/stable  \\',
      '  docker://registry.internal.company.com/buildah',
    ].join('\n'),
  },
  {
    id: 's3-32',
    kind: 'sh',
    text: ['skopeo copy \\', '  oci:busybox_ocilayout:latest \\', '  dir:existingemptydirectory'].join('\n'),
  },
  {
    id: 's3-33',
    kind: 'sh',
    text: ['skopeo sync \\', '  --src docker \\', '  --dest dir registry.example.com/busybox /media/usb'].join('\n'),
  },
  {
    id: 's3-34',
    kind: 'sh',
    text: ['skopeo login \\', '     --username <USER> \\', '     myregistrydomain.com:5000'].join('\n'),
  },
  {
    id: 's3-35',
    kind: 'sh',
    text: ['skopeo logout myregistrydomain.com:5000'].join('\n'),
  },
];
