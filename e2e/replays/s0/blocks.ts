/** The blocks of the page on idpbuilder’s registry (S0), as they are written. */
import type { Block } from '../replay.ts';

/** Every block, in its order; an output belongs to the command or prompt with its id. */
export const BLOCKS: readonly Block[] = [
  { id: 's0-01', kind: 'sh', text: 'docker login gitea.cnoe.localtest.me:8443' },
  {
    id: 's0-02',
    kind: 'prompt',
    text: `Username: giteaAdmin
Password: `,
  },
  { id: 's0-03', kind: 'sh', text: 'docker pull docker.io/library/ubuntu:24.04' },
  {
    id: 's0-04',
    kind: 'sh',
    text: 'docker tag docker.io/library/ubuntu:24.04 gitea.cnoe.localtest.me:8443/giteaadmin/ubuntu:24.04',
  },
  { id: 's0-05', kind: 'sh', text: 'docker push gitea.cnoe.localtest.me:8443/giteaadmin/ubuntu:24.04' },
  { id: 's0-06', kind: 'sh', text: './idpbuilder get secrets -p gitea' },
  {
    id: 's0-07',
    kind: 'sh',
    text: String.raw`idpbuilder get secrets -p gitea -o json | \
  jq '.[0].data.password' -r | \
  docker login -u giteaAdmin --password-stdin gitea.cnoe.localtest.me:8443`,
  },
  { id: 's0-08', kind: 'url', text: '{registry}/{owner}/{image}' },
  { id: 's0-09', kind: 'url', text: 'gitea.cnoe.localtest.me:8443/giteaadmin/ubuntu:24.04' },
  { id: 's0-10', kind: 'url', text: 'https://docs.gitea.com/usage/packages/container' },
  { id: 's0-11', kind: 'sh', text: 'docker pull gitea.cnoe.localtest.me:8443/giteaadmin/ubuntu:24.04' },
  {
    id: 's0-12',
    kind: 'yaml',
    text: `apiVersion: v1
kind: Pod
metadata:
  namespace: default
  name: debug-pod
spec:
  containers:
    - image: gitea.cnoe.localtest.me:8443/giteaadmin/ubuntu:24.04
      name: debug-pod
      command:
        - sleep
        - "3600"`,
  },
  {
    id: 's0-13',
    kind: 'url',
    text: 'https://github.com/cnoe-io/idpbuilder/blob/main/pkg/kind/resources/kind.yaml.tmpl',
  },
  { id: 's0-14', kind: 'url', text: 'https://github.com/cli/cli#installation' },
  { id: 's0-15', kind: 'sh', text: 'gh auth login -h github.com -s codespace' },
  { id: 's0-16', kind: 'sh', text: 'gh auth login -h github.com -s codespace' },
  {
    id: 's0-17',
    kind: 'prompt',
    text: `! First copy your one-time code: 0076-1071
Press Enter to open https://github.com/login/device in your browser... `,
  },
  {
    id: 's0-17',
    kind: 'output',
    text: `Opening in existing browser session.
âœ“ Authentication complete.`,
  },
  { id: 's0-18', kind: 'sh', text: 'gh codespace ports' },
  { id: 's0-19', kind: 'prompt', text: '? Choose codespace: cnoe-io/idpbuilder [main*]: expert chainsaw' },
  {
    id: 's0-19',
    kind: 'output',
    text: `LABEL  PORT   VISIBILITY  BROWSE URL                                                 
       8443   private     https://expert-chainsaw-7vjwj6qqgcprjp-8443.app.github.dev
       37065  private     https://expert-chainsaw-7vjwj6qqgcprjp-37065.app.github.dev`,
  },
  { id: 's0-20', kind: 'sh', text: 'gh codespace ports forward 8443:8443 -c expert-chainsaw-7vjwj6qqgcprjp' },
  {
    id: 's0-20',
    kind: 'output',
    text: 'failed to listen to local port over tcp: listen tcp :8443: bind: address already in use',
  },
  { id: 's0-21', kind: 'sh', text: 'gh codespace ports forward 8443:8443 -c expert-chainsaw-7vjwj6qqgcprjp' },
  { id: 's0-21', kind: 'output', text: 'Forwarding ports: remote 8443 <=> local 8443' },
  { id: 's0-22', kind: 'sh', text: 'docker login cnoe.localtest.me:8443/gitea' },
  {
    id: 's0-22',
    kind: 'output',
    text: `Authenticating with existing credentials...
Stored credentials invalid or expired`,
  },
  {
    id: 's0-23',
    kind: 'prompt',
    text: `Username (giteaAdmin): giteaadmin
Password: `,
  },
  {
    id: 's0-23',
    kind: 'output',
    text: `WARNING! Your password will be stored unencrypted in /home/sanforj/.docker/config.json.
Configure a credential helper to remove this warning. See
https://docs.docker.com/engine/reference/commandline/login/#credential-stores

Login Succeeded`,
  },
  { id: 's0-24', kind: 'url', text: 'cnoe.localtest.me:8443' },
  { id: 's0-25', kind: 'url', text: 'cnoe.localtest.me:8443/gitea/giteaadmin/imagename:tag' },
  { id: 's0-26', kind: 'sh', text: 'docker tag alpine:latest cnoe.localtest.me:8443/gitea/giteaadmin/alpine:latest' },
  { id: 's0-27', kind: 'sh', text: 'docker push cnoe.localtest.me:8443/gitea/giteaadmin/alpine:latest' },
  {
    id: 's0-27',
    kind: 'output',
    text: `The push refers to repository [cnoe.localtest.me:8443/gitea/giteaadmin/alpine]
3e01818d79cd: Layer already exists 
latest: digest: sha256:fa7042902b0e812e73bbee26a6918a6138ccf6d7ecf1746e1488c0bd76cf1f34 size: 527`,
  },
  { id: 's0-28', kind: 'sh', text: 'docker pull cnoe.localtest.me:8443/gitea/giteaadmin/alpine:latest' },
  {
    id: 's0-28',
    kind: 'output',
    text: `latest: Pulling from gitea/giteaadmin/alpine
Digest: sha256:fa7042902b0e812e73bbee26a6918a6138ccf6d7ecf1746e1488c0bd76cf1f34
Status: Image is up to date for cnoe.localtest.me:8443/gitea/giteaadmin/alpine:latest
cnoe.localtest.me:8443/gitea/giteaadmin/alpine:latest`,
  },
  {
    id: 's0-29',
    kind: 'yaml',
    text: `apiVersion: v1
kind: Pod
metadata:
  name: alpine-from-local-registry
spec:
  containers:
  - name: alpine-from-local-registry
    image: cnoe.localtest.me:8443/gitea/giteaadmin/alpine:latest
  restartPolicy: Never`,
  },
  { id: 's0-30', kind: 'url', text: 'cnoe.localtest.me:8443' },
  { id: 's0-31', kind: 'url', text: 'https://oras.land' },
  { id: 's0-32', kind: 'url', text: 'https://github.com/regclient/regclient' },
  { id: 's0-33', kind: 'sh', text: 'regctl registry login cnoe.localtest.me:8443' },
  {
    id: 's0-34',
    kind: 'prompt',
    text: `Enter Username [giteaadmin]: giteaadmin
Enter Password:`,
  },
  { id: 's0-35', kind: 'sh', text: 'regctl registry set cnoe.localtest.me:8443 --tls=insecure' },
  {
    id: 's0-35',
    kind: 'output',
    text: 'time=2024-12-29T21:50:58.354-05:00 level=WARN msg="Changing TLS settings for registry" orig=enabled new=insecure host=cnoe.localtest.me:8443',
  },
  {
    id: 's0-36',
    kind: 'sh',
    text: 'regctl image copy docker.io/library/alpine:latest cnoe.localtest.me:8443/gitea/giteaadmin/alpine:latest',
  },
  {
    id: 's0-36',
    kind: 'output',
    text: `time=2024-12-29T21:50:07.489-05:00 level=WARN msg="Changing TLS settings for registry" orig=enabled new=disabled host=expert-chainsaw-7vjwj6qqgcprjp-8443.app.github.dev
time=2024-12-29T21:50:07.489-05:00 level=WARN msg="Changing TLS settings for registry" orig=enabled new=insecure host=cnoe.localtest.me:8443
Manifests: 17/17 | Blobs: 0.000B copied, 0.000B skipped | Elapsed: 0s
cnoe.localtest.me:8443/gitea/giteaadmin/alpine:latest`,
  },
];
