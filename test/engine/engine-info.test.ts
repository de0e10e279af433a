import { describe, expect, it } from 'vitest';
import { readEngineInfo, readImageConfig } from '../../src/engine/engine-info.ts';
import { type ScriptLine, createScriptedRunner } from '../support/fakes/scripted-runner.ts';

const { signal } = new AbortController();

function ask(kind: 'docker' | 'podman', info: unknown) {
  const argv = kind === 'docker' ? 'docker info --format {{json .}}' : 'podman info --format json';
  const stdout = typeof info === 'string' ? info : JSON.stringify(info);
  return readEngineInfo(createScriptedRunner([{ argv, stdout }]), kind, signal);
}

describe('docker', () => {
  const info = {
    ServerVersion: '29.1.0',
    Driver: 'overlayfs',
    DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']],
    SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'],
    CgroupVersion: '2',
    DockerRootDir: '/var/lib/docker',
    MemTotal: 1024,
    HttpProxy: 'http://proxy:1',
    NoProxy: 'localhost',
    OperatingSystem: 'Debian',
  };

  it('tells its store, its limits and its proxy', async () => {
    expect(await ask('docker', info)).toEqual({
      title: 'Docker',
      version: '29.1.0',
      store: 'containerd',
      driver: 'overlayfs',
      isRootless: true,
      cgroupVersion: 2,
      folder: '/var/lib/docker',
      memory: 1024,
      proxy: 'http://proxy:1',
      noProxy: 'localhost',
      isVirtual: false,
    });
  });

  it('may have its own driver for layers, and live in a virtual machine', async () => {
    const other = {
      ...info,
      Driver: 'overlay2',
      DriverStatus: [['Backing Filesystem', 'extfs']],
      SecurityOptions: null,
    };
    expect(await ask('docker', { ...other, OperatingSystem: 'Docker Desktop', HttpProxy: '' })).toMatchObject({
      store: 'graph driver',
      isRootless: false,
      isVirtual: true,
      proxy: undefined,
    });
  });

  it.each(['', 'null', '[]', '{"MemTotal":"many","CgroupVersion":3}'])('that says %j says nothing', async (text) => {
    expect(await ask('docker', text)).toMatchObject({ memory: undefined, cgroupVersion: undefined, folder: undefined });
  });

  it('that does not answer', async () => {
    const line: ScriptLine = { argv: /^docker info/, stderr: 'Cannot connect to the Docker daemon', exitCode: 1 };
    const runner = createScriptedRunner([line], ['docker']);
    await expect(readEngineInfo(runner, 'docker', signal)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
  });
});

it('reads what podman tells', async () => {
  const info = {
    host: { cgroupVersion: 'v1', memTotal: 2048, security: { rootless: true }, serviceIsRemote: false },
    store: { graphDriverName: 'overlay', graphRoot: '/home/a/.local/share/containers/storage' },
    version: { Version: '5.6.0' },
  };
  expect(await ask('podman', info)).toMatchObject({
    title: 'Podman',
    version: '5.6.0',
    driver: 'overlay',
    isRootless: true,
    cgroupVersion: 1,
    folder: '/home/a/.local/share/containers/storage',
    memory: 2048,
    proxy: undefined,
  });
});

describe('an image', () => {
  const argv = 'docker image inspect --format {{json .}} -- a:1';

  it('that is there', async () => {
    const stdout = JSON.stringify({ Architecture: 'amd64', Config: { Entrypoint: ['/bin/a', 'b'] } });
    const found = await readImageConfig(createScriptedRunner([{ argv, stdout }]), 'docker', 'a:1', signal);
    expect(found).toEqual({ entrypoint: ['/bin/a', 'b'], architecture: 'amd64' });
  });

  it('that is not there, or begins with nothing', async () => {
    const missing = createScriptedRunner([{ argv, stderr: 'Error: No such image: a:1', exitCode: 1 }]);
    expect(await readImageConfig(missing, 'docker', 'a:1', signal)).toBeUndefined();
    const empty = createScriptedRunner([{ argv, stdout: '{"Config":{"Entrypoint":null}}' }]);
    expect(await readImageConfig(empty, 'docker', 'a:1', signal)).toEqual({ entrypoint: [], architecture: undefined });
  });
});
