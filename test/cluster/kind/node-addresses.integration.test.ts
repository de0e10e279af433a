/** A node's new addresses in its own files, as a real shell puts them there; the node is a folder. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { adoptAddresses } from '../../../src/cluster/kind/node-addresses.ts';
import { createMemoryEngine } from '../../support/fakes/memory-engine.ts';

const FLAGS = 'var/lib/kubelet/kubeadm-flags.env';
const NODE = 'dev-control-plane';

/** Files as kubeadm leaves them; a neighbour's address begins like the node's own. */
const FILES: Readonly<Record<string, string>> = {
  'proc/1/comm': 'systemd\n',
  [FLAGS]: 'KUBELET_KUBEADM_ARGS="--node-ip=172.18.0.4,fc00:f853::4 --x=1"\n',
  'etc/kubernetes/manifests/etcd.yaml':
    'urls: https://172.18.0.4:2379,https://172.18.0.4:2380,https://[fc00:f853::4]:2379\n',
  'etc/kubernetes/scheduler.conf':
    'server: https://172.18.0.4:6443\nother: 172.18.0.40 1172.18.0.4 172x18.0.4 fc00:f853::4a\n',
  'kind/kubeadm.conf': 'certSANs: [172.18.0.4,172.18.0.4]\n',
  'etc/kubernetes/pki/apiserver.crt': 'old',
};

async function openNode(addresses: { readonly v4: string; readonly v6: string }, files = FILES) {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-node-'));
  const path = (name: string) => join(temp.path, name);
  const write = async (name: string, text: string) => {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), text);
  };
  const programs = {
    getent: `[ "$1" = ahostsv4 ] && echo '${addresses.v4} STREAM dev' || echo '${addresses.v6} STREAM dev'`,
    hostname: 'echo dev',
    kubeadm: `echo "kubeadm $*" >> '${path('log')}'`,
    systemctl: `echo "systemctl $*" >> '${path('log')}'`,
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  for (const [name, text] of Object.entries(programs)) {
    await write(`bin/${name}`, `#!/bin/sh\n${text}\n`);
    await chmod(path(`bin/${name}`), 0o755);
  }
  const engine = createMemoryEngine({
    containers: [{ name: NODE, isRunning: true, labels: {}, ports: [] }],
    exec: async ({ command: [program = '', ...args] }, input) => {
      const script = input.toString().replaceAll(/(?<![\w.\]])\/(etc|kind|var|proc)\//g, `${temp.path}/$1/`);
      const running = promisify(execFile)(program, args, { env: { PATH: `${path('bin')}:${process.env['PATH']}` } });
      running.child.stdin?.end(script);
      return (await running).stdout;
    },
  });
  return {
    adopt: () => adoptAddresses(engine, NODE, AbortSignal.timeout(20_000)),
    read: (name: string) => readFile(path(name), 'utf8').catch(() => undefined),
    [Symbol.asyncDispose]: () => temp.remove(),
  };
}

it('takes the place of the old ones, each as a whole, and the certificate is made for them', async () => {
  await using node = await openNode({ v4: '172.18.0.9', v6: 'fc00:f853::9' });
  expect(await node.adopt()).toBe('172.18.0.4=172.18.0.9 fc00:f853::4=fc00:f853::9');
  expect(await node.read(FLAGS)).toBe('KUBELET_KUBEADM_ARGS="--node-ip=172.18.0.9,fc00:f853::9 --x=1"\n');
  expect(await node.read('etc/kubernetes/manifests/etcd.yaml')).toBe(
    'urls: https://172.18.0.9:2379,https://172.18.0.9:2380,https://[fc00:f853::9]:2379\n',
  );
  expect(await node.read('etc/kubernetes/scheduler.conf')).toBe(
    'server: https://172.18.0.9:6443\nother: 172.18.0.40 1172.18.0.4 172x18.0.4 fc00:f853::4a\n',
  );
  expect(await node.read('kind/kubeadm.conf')).toBe('certSANs: [172.18.0.9,172.18.0.9]\n');
  expect(await node.read('etc/kubernetes/pki/apiserver.crt')).toBeUndefined();
  const log = (await node.read('log'))?.replaceAll(/\/\S*\/kind/g, '/kind');
  expect(log).toBe(
    'kubeadm init phase certs apiserver --config /kind/kubeadm.conf\nsystemctl restart --no-block kubelet\n',
  );
});

it('changes nothing where they are the same', async () => {
  await using node = await openNode({ v4: '172.18.0.4', v6: 'fc00:f853::4' });
  expect(await node.adopt()).toBe('');
  for (const [name, text] of Object.entries(FILES)) expect(await node.read(name)).toBe(text);
  expect(await node.read('log')).toBeUndefined();
});

it('makes no certificate on a worker', async () => {
  const { [FLAGS]: flags = '', 'proc/1/comm': comm = '' } = FILES;
  await using node = await openNode({ v4: '172.18.0.9', v6: 'fc00:f853::4' }, { [FLAGS]: flags, 'proc/1/comm': comm });
  expect(await node.adopt()).toBe('172.18.0.4=172.18.0.9');
  expect(await node.read('log')).toBe('systemctl restart --no-block kubelet\n');
});

it('leaves alone a node that knows nothing of its address', async () => {
  await using node = await openNode({ v4: '172.18.0.9', v6: '' }, { 'proc/1/comm': 'systemd\n' });
  expect(await node.adopt()).toBe('');
});
