/** Errors as clients say them, with what devreg must find in them. Hosts and digests are those of the documents. */

/** A text, and what is to be found. */
export interface ErrorText {
  /** The requirement, or the program it is from. */
  readonly from: string;
  readonly text: string;
  readonly id: string;
  readonly client?: string;
  readonly registry?: string;
  readonly repository?: string;
  readonly port?: number;
}

export const ERROR_TEXTS: readonly ErrorText[] = [
  {
    from: 'S0-20',
    text: 'failed to listen to local port over tcp: listen tcp :8443: bind: address already in use',
    id: 'port-taken',
    port: 8443,
  },
  {
    from: 'S0-23',
    text: 'Authenticating with existing credentials...\nStored credentials invalid or expired',
    id: 'stale-login',
  },
  {
    from: 'S1-22',
    text: 'Error response from daemon: Get "https://localhost:3000/v2/": http: server gave HTTP response to HTTPS client',
    id: 'tls-to-plain-http',
    client: 'docker',
    registry: 'localhost:3000',
    port: 3000,
  },
  { from: 'S1-23', text: 'unauthorized: authentication required', id: 'unauthorized' },
  {
    from: 'S1-24',
    text: 'Failed to pull image "localhost:3000/raibid-admin/my-app:latest": rpc error',
    id: 'pull-failed',
    client: 'kubelet',
    registry: 'localhost:3000',
    repository: 'raibid-admin/my-app',
  },
  {
    from: 'S1-26',
    text: 'dial tcp 127.0.0.1:30080: connect: connection refused',
    id: 'connection-refused',
    port: 30_080,
  },
  {
    from: 'S2-17',
    text: 'Getting image source signatures\nError: trying to reuse blob sha256:63ca1fbb43ae5034640e5e6cb3e083e05c290072c5366fcaa9d62435a4cced85 at destination: pinging container registry localhost:5000: Get "https://localhost:5000/v2/": http: server gave HTTP response to HTTPS client',
    id: 'tls-to-plain-http',
    client: 'podman',
    registry: 'localhost:5000',
  },
  {
    from: 'S3-10',
    text: 'Error: loading registries configuration "/etc/containers/registries.conf": mixing sysregistry v1/v2 is not supported',
    id: 'old-registries-conf',
  },
  {
    from: 'S3-10',
    text: "[registries.search]\nregistries = ['docker.io', 'server01:5000']",
    id: 'old-registries-conf',
  },
  {
    from: 'docker push',
    text: 'Error response from daemon: Get "https://registry.localtest.me:8443/v2/": x509: certificate signed by unknown authority',
    id: 'unknown-authority',
    client: 'docker',
    registry: 'registry.localtest.me:8443',
  },
  {
    from: 'docker 28',
    text: 'Error response from daemon: Get "https://registry.localtest.me:8443/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    id: 'unknown-authority',
    client: 'docker',
  },
  {
    from: 'podman',
    text: 'Error: trying to reuse blob sha256:00 at destination: pinging container registry registry.localtest.me:8443: Get "https://registry.localtest.me:8443/v2/": x509: certificate signed by unknown authority',
    id: 'unknown-authority',
    client: 'podman',
    registry: 'registry.localtest.me:8443',
  },
  {
    from: 'skopeo',
    text: 'time="2026-01-01T00:00:00Z" level=fatal msg="Error parsing image name \\"docker://localhost:5001/a\\": pinging container registry localhost:5001: Get \\"https://localhost:5001/v2/\\": x509: certificate signed by unknown authority"',
    id: 'unknown-authority',
    client: 'podman',
    registry: 'localhost:5001',
  },
  {
    from: 'kubelet',
    text: 'Failed to pull image "registry.localtest.me:8443/a/app:1": failed to pull and unpack image "registry.localtest.me:8443/a/app:1": failed to resolve reference "registry.localtest.me:8443/a/app:1": failed to do request: Head "https://registry.localtest.me:8443/v2/a/app/manifests/1": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    id: 'unknown-authority',
    client: 'kubelet',
    registry: 'registry.localtest.me:8443',
    repository: 'a/app',
  },
  {
    from: 'containerd',
    text: 'ctr: failed to resolve reference "localhost:5001/a:1": failed to do request: Head "https://localhost:5001/v2/a/manifests/1": x509: certificate signed by unknown authority',
    id: 'unknown-authority',
    client: 'containerd',
  },
  {
    from: 'buildx',
    text: 'ERROR: failed to solve: failed to push registry.localtest.me:8443/a:1: failed to do request: Head "https://registry.localtest.me:8443/v2/a/blobs/sha256:00": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    id: 'unknown-authority',
    client: 'buildx',
  },
  {
    from: 'helm',
    text: 'Error: failed to perform "Push" on destination: Head "https://localhost:5001/v2/charts/a/blobs/sha256:00": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    id: 'unknown-authority',
    client: 'helm',
  },
  {
    from: 'curl',
    text: 'curl: (60) SSL certificate problem: unable to get local issuer certificate',
    id: 'unknown-authority',
    client: 'curl',
  },
  {
    from: 'npm',
    text: 'npm error code SELF_SIGNED_CERT_IN_CHAIN\nself-signed certificate in certificate chain',
    id: 'unknown-authority',
    client: 'node',
  },
  {
    from: 'jib',
    text: 'javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path to requested target',
    id: 'unknown-authority',
  },
  { from: 'chromium', text: 'net::ERR_CERT_AUTHORITY_INVALID', id: 'unknown-authority' },
  {
    from: 'docker',
    text: 'Error response from daemon: Get "https://server01:5000/v2/": x509: certificate is valid for registry.localtest.me, localhost, not server01',
    id: 'certificate-name',
    registry: 'server01:5000',
  },
  {
    from: 'docker',
    text: 'x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is after 2025-01-01T00:00:00Z',
    id: 'certificate-expired',
  },
  {
    from: 'docker',
    text: 'Error response from daemon: Get "http://localhost:8443/v2/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15\\x03\\x01\\x00\\x02\\x02"',
    id: 'plain-http-to-tls',
    registry: 'localhost:8443',
  },
  { from: 'curl', text: 'Client sent an HTTP request to an HTTPS server.', id: 'plain-http-to-tls' },
  {
    from: 'helm',
    text: 'Error: failed to perform "Exists" on destination: Head "https://localhost:5000/v2/a/manifests/1": http: server gave HTTP response to HTTPS client',
    id: 'tls-to-plain-http',
    client: 'helm',
  },
  {
    from: 'curl',
    text: 'curl: (35) error:1408F10B:SSL routines:ssl3_get_record:wrong version number',
    id: 'tls-to-plain-http',
    client: 'curl',
  },
  {
    from: 'containerd',
    text: 'failed to do request: Head "https://localhost:5001/v2/a/manifests/1": tls: first record does not look like a TLS handshake',
    id: 'tls-to-plain-http',
  },
  { from: 'docker', text: 'net/http: TLS handshake timeout', id: 'tls-handshake' },
  {
    from: 'docker',
    text: 'Get "https://localhost:5001/v2/a/manifests/1": no basic auth credentials',
    id: 'no-credentials',
    registry: 'localhost:5001',
  },
  {
    from: 'docker',
    text: 'errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required',
    id: 'denied',
  },
  { from: 'docker', text: 'denied: requested access to the resource is denied', id: 'denied' },
  {
    from: 'docker',
    text: "Error response from daemon: pull access denied for my-app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    id: 'hub-meant',
  },
  {
    from: 'docker',
    text: 'The push refers to repository [docker.io/library/my-app]\ndenied: requested access to the resource is denied',
    id: 'hub-meant',
  },
  {
    from: 'docker',
    text: 'Error response from daemon: login attempt to https://localhost:5001/v2/ failed with status: 401 Unauthorized',
    id: 'stale-login',
    registry: 'localhost:5001',
  },
  {
    from: 'podman',
    text: 'Error: logging into "localhost:5001": invalid username/password',
    id: 'stale-login',
    client: 'unknown',
  },
  {
    from: 'docker',
    text: 'error getting credentials - err: exec: "docker-credential-devreg": executable file not found in $PATH, out: ``',
    id: 'credential-helper',
    client: 'docker',
  },
  {
    from: 'kubelet',
    text: 'Failed to pull image "localhost:5001/a:1": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://localhost:5001/v2/token: 401 Unauthorized',
    id: 'unauthorized',
    client: 'kubelet',
  },
  {
    from: 'docker',
    text: 'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading',
    id: 'rate-limit',
  },
  {
    from: 'docker',
    text: 'Error response from daemon: driver failed programming external connectivity on endpoint registry: Bind for 0.0.0.0:5000 failed: port is already allocated',
    id: 'port-taken',
    port: 5000,
  },
  {
    from: 'node',
    text: 'Error: listen EADDRINUSE: address already in use 127.0.0.1:5001',
    id: 'port-taken',
    port: 5001,
  },
  {
    from: 'docker',
    text: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    id: 'engine-down',
  },
  {
    from: 'docker',
    text: 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix /var/run/docker.sock: connect: permission denied',
    id: 'engine-denied',
  },
  {
    from: 'docker',
    text: 'Error response from daemon: Get "https://registry.localtest.me:8443/v2/": dial tcp 127.0.0.1:8443: connect: connection refused',
    id: 'connection-refused',
    registry: 'registry.localtest.me:8443',
    port: 8443,
  },
  {
    from: 'curl',
    text: "curl: (7) Failed to connect to localhost port 5001 after 0 ms: Couldn't connect to server",
    id: 'connection-refused',
    port: 5001,
  },
  {
    from: 'docker',
    text: 'Error response from daemon: Get "https://registry.localtest.me:8443/v2/": dial tcp: lookup registry.localtest.me on 127.0.0.11:53: no such host',
    id: 'name-unknown-to-dns',
    registry: 'registry.localtest.me:8443',
  },
  { from: 'curl', text: 'curl: (6) Could not resolve host: registry.localtest.me', id: 'name-unknown-to-dns' },
  {
    from: 'docker',
    text: 'Error response from daemon: Get "https://localhost:5001/v2/": dial tcp 127.0.0.1:5001: i/o timeout',
    id: 'timeout',
  },
  {
    from: 'docker',
    text: 'Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    id: 'timeout',
    registry: 'registry-1.docker.io',
  },
  { from: 'docker', text: 'proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: no route to host', id: 'proxy' },
  {
    from: 'docker',
    text: 'write tcp 127.0.0.1:40000->127.0.0.1:5001: write: connection reset by peer',
    id: 'connection-broken',
  },
  { from: 'docker', text: 'Get "https://localhost:5001/v2/": EOF', id: 'connection-broken' },
  { from: 'nginx', text: 'error parsing HTTP 413 response body: 413 Request Entity Too Large', id: 'too-large' },
  {
    from: 'docker',
    text: 'Error response from daemon: manifest for localhost:5001/a/app:2 not found: manifest unknown: manifest unknown',
    id: 'manifest-unknown',
    registry: 'localhost:5001',
    repository: 'a/app',
  },
  { from: 'docker', text: 'name unknown: repository name not known to registry', id: 'name-unknown' },
  {
    from: 'skopeo',
    text: 'level=fatal msg="Error listing repository tags: fetching tags list: name unknown: the repository a/app is not known"',
    id: 'name-unknown',
    client: 'podman',
  },
  {
    from: 'docker',
    text: 'no matching manifest for linux/arm64/v8 in the manifest list entries',
    id: 'platform-missing',
  },
  { from: 'docker', text: 'invalid reference format: repository name must be lowercase', id: 'name-invalid' },
  {
    from: 'kubelet',
    text: 'Failed to apply default image tag "App:1": couldn\'t parse image reference: InvalidImageName',
    id: 'name-invalid',
  },
  { from: 'docker', text: 'blob upload invalid', id: 'upload-lost' },
  { from: 'docker', text: 'blob upload unknown to registry', id: 'upload-lost' },
  { from: 'docker', text: 'digest invalid: provided digest did not match uploaded content', id: 'bytes-changed' },
  { from: 'docker', text: 'manifest blob unknown: blob unknown to registry', id: 'parts-missing' },
  {
    from: 'crane',
    text: 'PUT https://localhost:5001/v2/a/manifests/1: MANIFEST_INVALID: manifest invalid',
    id: 'parts-missing',
    registry: 'localhost:5001',
  },
  { from: 'docker', text: 'received unexpected HTTP status: 503 Service Unavailable', id: 'registry-failed' },
  { from: 'docker', text: 'write /var/lib/docker/tmp/x: no space left on device', id: 'disk-full' },
  { from: 'docker', text: 'received unexpected HTTP status: 507 Insufficient Storage', id: 'disk-full' },
  {
    from: 'kubelet',
    text: 'Back-off pulling image "localhost:5001/a/app:1"\nError: ImagePullBackOff',
    id: 'pull-failed',
    client: 'kubelet',
    registry: 'localhost:5001',
  },
  { from: 'kubelet', text: 'Error: ErrImagePull', id: 'pull-failed' },
  { from: 'kubelet', text: 'Error: ErrImageNeverPull', id: 'pull-failed' },
];
