/** kind's failures, as kind 0.33 with Docker 28 and others word them. */
import { describe, expect, it } from 'vitest';
import { translateKindFailure } from '../../../src/cluster/kind/kind-failure.ts';
import { CommandFailedError, type CommandFailure } from '../../../src/process/command-failed-error.ts';

function translate(stderr: string, failure: CommandFailure = { kind: 'exited', exitCode: 1 }) {
  return translateKindFailure(new CommandFailedError('kind create cluster', failure, { stdout: '', stderr }));
}

const RUN =
  'ERROR: failed to create cluster: command "docker run --publish=127.0.0.1:18443:443/TCP" failed with error: exit status 125\n\nCommand Output: 14e275\n';

describe('translateKindFailure', () => {
  it('tells that kind is not there, and where it is', () => {
    expect(translate('', { kind: 'absent' })).toMatchObject({
      kind: 'prerequisite',
      code: 'CLUSTER_TOOL_ABSENT',
      hint: expect.stringContaining('https://kind.sigs.k8s.io/'),
    });
  });

  it.each([
    'docker: Error response from daemon: driver failed programming external connectivity on endpoint x (07e06): Error starting userland proxy: listen tcp4 127.0.0.1:18443: bind: address already in use',
    'docker: Error response from daemon: driver failed programming external connectivity on endpoint x (07e06): Bind for 127.0.0.1:18443 failed: port is already allocated',
    'docker: Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint x (07e06): failed to bind host port for 127.0.0.1:18443:172.18.0.2:443/tcp: address already in use',
    'docker: Error response from daemon: driver failed programming external connectivity: failed to bind host port for [::1]:18443:fd00::2:443/tcp: address already in use',
    'Error: rootlessport listen tcp 127.0.0.1:18443: bind: address already in use',
    'Error: cannot listen on the TCP port: listen tcp4 127.0.0.1:18443: bind: address already in use',
    'docker: Error response from daemon: Ports are not available: exposing port TCP 127.0.0.1:18443 -> 127.0.0.1:0: listen tcp 127.0.0.1:18443: bind: An attempt was made to access a socket in a way forbidden by its access permissions.',
  ])('finds the port in %j', (line) => {
    expect(translate(`${RUN}${line}\n`)).toMatchObject({
      kind: 'conflict',
      code: 'PORT_IN_USE',
      message: 'Port 18443 is in use by another program or container.',
    });
  });

  it.each([
    ['requires cgroup v2, see', /cgroup v2, which is off/, /unified_cgroup_hierarchy=1/],
    ['requires setting systemd property "Delegate=yes", see', /does not let it limit/, /Delegate=yes/],
  ])('tells an engine without root’s rights what it %s', (reason, message, hint) => {
    const said = `ERROR: failed to create cluster: running kind with rootless provider ${reason} https://kind.sigs.k8s.io/docs/user/rootless/`;
    expect(translate(said)).toMatchObject({
      kind: 'prerequisite',
      code: 'ROOTLESS_REFUSED',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('tells a port for root alone from one that is taken', () => {
    const said = `${RUN}Error: rootlessport cannot expose privileged port 443, you can add 'net.ipv4.ip_unprivileged_port_start=443' to /etc/sysctl.conf (currently 1024), or choose a larger port number (>= 1024): listen tcp 127.0.0.1:443: bind: permission denied\n`;
    expect(translate(said)).toMatchObject({
      kind: 'prerequisite',
      code: 'PORT_PRIVILEGED',
      message: expect.stringContaining('Port 443'),
    });
  });

  it.each([
    'docker: Error response from daemon: driver failed programming external connectivity on endpoint x (9f829): Error starting userland proxy: listen tcp4 10.11.12.13:18490: bind: cannot assign requested address',
    'Error: cannot listen on the TCP port: listen tcp4 10.11.12.13:18490: bind: cannot assign requested address',
  ])('finds the address that is not there in %j', (line) => {
    expect(translate(`${RUN}${line}\n`)).toMatchObject({
      kind: 'usage',
      code: 'ADDRESS_ABSENT',
      message: expect.stringContaining('no address 10.11.12.13 '),
      hint: expect.stringContaining('--listen'),
    });
  });

  it('finds the image that cannot be pulled', () => {
    const said =
      'ERROR: failed to create cluster: failed to pull image "lab.local/nonode:v1": command "docker pull lab.local/nonode:v1" failed with error: exit status 1\n\nCommand Output: Error response from daemon: Get "https://lab.local/v2/": dial tcp: lookup lab.local: no such host';
    expect(translate(said)).toMatchObject({
      code: 'NODE_IMAGE_MISSING',
      message: expect.stringContaining('lab.local/nonode:v1 is not in'),
    });
  });

  it.each([
    [
      'ERROR: failed to create cluster: could not find a log line that matches "Reached target .*Multi-User System.*|detected cgroup v1"',
      'does not start as a node does',
    ],
    [
      'ERROR: failed to create cluster: failed to x\n\nCommand Output: OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": executable file not found in $PATH: unknown',
      'has no bash',
    ],
  ])('finds an image that is none for kind in %j', (said, why) => {
    expect(translate(said)).toMatchObject({ code: 'NODE_IMAGE_UNFIT', message: expect.stringContaining(why) });
  });

  it('finds clusters that are there, or not', () => {
    expect(
      translate('ERROR: failed to create cluster: node(s) already exist for a cluster with the name "dev"'),
    ).toMatchObject({
      code: 'CLUSTER_EXISTS',
      message: 'There is a cluster called dev already.',
    });
    const absent =
      "ERROR: could not locate any control plane nodes for cluster named 'dev'. Use the --name option to select a different cluster";
    expect(translate(absent)).toMatchObject({ kind: 'not-found', code: 'CLUSTER_NOT_FOUND' });
  });

  it('finds fields that kind does not know', () => {
    const said =
      'ERROR: failed to create cluster: unable to decode config: yaml: unmarshal errors:\n  line 4: field foo not found in type v1alpha4.Cluster\n  line 9: field bar not found in type v1alpha4.Node';
    expect(translate(said)).toMatchObject({
      kind: 'usage',
      code: 'KIND_CONFIG_INVALID',
      message:
        'kind refuses the configuration: field foo not found in type v1alpha4.Cluster; field bar not found in type v1alpha4.Node.',
    });
  });

  it('tells when the engine went away', () => {
    expect(
      translate(
        'ERROR: x\n\nCommand Output: Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?',
      ),
    ).toMatchObject({
      code: 'ENGINE_UNREACHABLE',
    });
  });

  it('else tells kind’s own reason and the end of the report', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');
    const said = ` ✗ Starting control-plane\nERROR: failed to create cluster: failed to init node with kubeadm: command "docker exec" failed with error: exit status 1\n\nCommand Output: ${lines}\nStack Trace: \nsigs.k8s.io/kind`;
    const { code, message } = translate(said);
    expect(code).toBe('CLUSTER_FAILED');
    expect(message.split('\n')[0]).toBe(
      'kind failed: failed to init node with kubeadm: command "docker exec" failed with error: exit status 1.',
    );
    expect(message.split('\n').slice(1)).toEqual(lines.split('\n').slice(-12));
    expect(translate('').message).toBe('kind failed.');
    expect(translate('', { kind: 'timeout' }).message).toBe('kind took too long.');
  });
});
