/** The blocks of the page on raibid-ci’s registry (S1), as they are written. */
import type { Block } from '../replay.ts';

/** Every block, in its order; an output belongs to the command or prompt with its id. */
export const BLOCKS: readonly Block[] = [
  { id: 's1-01', kind: 'url', text: 'localhost:3000' },
  { id: 's1-02', kind: 'sh', text: 'docker login localhost:3000 -u raibid-admin -p adminadmin' },
  { id: 's1-03', kind: 'sh', text: 'docker tag my-app:latest localhost:3000/raibid-admin/my-app:latest' },
  { id: 's1-04', kind: 'sh', text: 'docker push localhost:3000/raibid-admin/my-app:latest' },
  { id: 's1-05', kind: 'sh', text: 'docker pull localhost:3000/raibid-admin/my-app:latest' },
  {
    id: 's1-06',
    kind: 'starlark',
    text: `# In Tiltfile
REGISTRY_HOST = 'localhost:3000'
REGISTRY_NAMESPACE = 'raibid-admin'

docker_build(
    '{}/{}/raibid-server'.format(REGISTRY_HOST, REGISTRY_NAMESPACE),
    context='.',
    dockerfile='crates/server/Dockerfile',
)`,
  },
  { id: 's1-07', kind: 'sh', text: 'tilt up' },
  {
    id: 's1-08',
    kind: 'yaml',
    text: `# Images in Kubernetes manifests
spec:
  containers:
  - name: raibid-server
    image: localhost:3000/raibid-admin/raibid-server:latest
    imagePullPolicy: IfNotPresent`,
  },
  {
    id: 's1-09',
    kind: 'json',
    text: `// In tanka/lib/charts/gitea.libsonnet
gitea: {
  config: {
    // Enable package registry
    packages: {
      ENABLED: true,
    },

    // Enable OCI Container Registry
    'packages.container': {
      ENABLED: true,
    },
  },
}

// Note: Registry uses the same HTTP port as Gitea (3000)
// No additional ports needed - the registry API is accessible at /v2/ on the main HTTP port`,
  },
  {
    id: 's1-10',
    kind: 'json',
    text: `// /etc/docker/daemon.json (Linux)
// ~/.docker/daemon.json (Docker Desktop)
{
  "insecure-registries": ["localhost:3000"]
}`,
  },
  { id: 's1-11', kind: 'sh', text: 'sudo systemctl restart docker' },
  { id: 's1-12', kind: 'url', text: 'http://localhost:3000' },
  {
    id: 's1-13',
    kind: 'prompt',
    text: `Username: raibid-admin
Password: adminadmin`,
  },
  {
    id: 's1-14',
    kind: 'prompt',
    text: `Click "Packages" in the top navigation
Select "Container" filter
Browse your OCI images`,
  },
  { id: 's1-15', kind: 'prompt', text: 'Click on an image to view:' },
  {
    id: 's1-15',
    kind: 'output',
    text: `Available tags
Size information
Pull commands
Manifest details`,
  },
  {
    id: 's1-16',
    kind: 'yaml',
    text: `# Gitea persistence
persistence:
  enabled: true
  size: 10Gi
  storageClass: local-path
  accessModes: ['ReadWriteOnce']`,
  },
  {
    id: 's1-17',
    kind: 'prompt',
    text: `Navigate to the package page
Click the image
Select tags to delete
Click "Delete"`,
  },
  {
    id: 's1-18',
    kind: 'sh',
    text: String.raw`curl -H "Authorization: token $GITEA_TOKEN" \
  http://localhost:3000/api/v1/packages/raibid-admin?type=container`,
  },
  {
    id: 's1-19',
    kind: 'sh',
    text: String.raw`curl -X DELETE \
  -H "Authorization: token $GITEA_TOKEN" \
  http://localhost:3000/api/v1/packages/raibid-admin/container/my-app/v1.0.0`,
  },
  {
    id: 's1-20',
    kind: 'output',
    text: 'Error response from daemon: Get "https://localhost:3000/v2/": http: server gave HTTP response to HTTPS client',
  },
  { id: 's1-21', kind: 'output', text: 'unauthorized: authentication required' },
  { id: 's1-22', kind: 'sh', text: 'docker login localhost:3000 -u raibid-admin -p adminadmin' },
  { id: 's1-23', kind: 'output', text: 'Failed to pull image "localhost:3000/raibid-admin/my-app:latest": rpc error' },
  { id: 's1-24', kind: 'sh', text: 'kubectl get svc -n raibid-system gitea-http' },
  { id: 's1-25', kind: 'output', text: 'dial tcp 127.0.0.1:30080: connect: connection refused' },
  { id: 's1-26', kind: 'sh', text: 'kubectl get pod -n raibid-system -l app.kubernetes.io/name=gitea' },
  { id: 's1-27', kind: 'sh', text: 'kubectl get svc -n raibid-system gitea-http -o yaml | grep -A 10 ports' },
  { id: 's1-28', kind: 'sh', text: 'curl http://localhost:3000/v2/' },
  { id: 's1-29', kind: 'url', text: 'https://docs.gitea.io/en-us/usage/packages/overview/' },
  { id: 's1-30', kind: 'url', text: 'https://github.com/opencontainers/distribution-spec' },
  { id: 's1-31', kind: 'url', text: 'https://docs.docker.com/registry/spec/api/' },
];
