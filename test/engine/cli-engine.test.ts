import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createDockerEngine } from '../../src/engine/docker-engine.ts';
import { createPodmanEngine } from '../../src/engine/podman-engine.ts';
import { createScriptedRunner, type ScriptLine } from '../support/fakes/scripted-runner.ts';

const docker = (...script: readonly ScriptLine[]) => createDockerEngine(createScriptedRunner(script));
const podman = (...script: readonly ScriptLine[]) => createPodmanEngine(createScriptedRunner(script));

describe('listing containers', () => {
  const inspected = (name: string) => ({ Name: `/${name}`, State: { Running: true }, Config: { Labels: null } });

  it('tells of those that are still there', async () => {
    const engine = docker(
      { argv: 'docker ps --all --quiet --no-trunc', stdout: 'aa\nbb\n' },
      {
        argv: 'docker container inspect aa bb',
        stdout: JSON.stringify([inspected('here')]),
        stderr: 'Error response from daemon: No such container: bb\n',
        exitCode: 1,
      },
    );
    expect(await engine.listContainers()).toEqual([{ name: 'here', isRunning: true, labels: {}, ports: [] }]);
  });

  it('counts TCP ports that lead in from outside, wherever they listen', async () => {
    const ports = {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '81/tcp': [{ HostIp: '', HostPort: '8081' }],
      '82/tcp': null,
      '53/udp': [{ HostIp: '0.0.0.0', HostPort: '53' }],
    };
    const engine = podman(
      { argv: 'podman ps --all --quiet --no-trunc', stdout: 'aa\n' },
      {
        argv: 'podman container inspect aa',
        stdout: JSON.stringify([{ ...inspected('here'), NetworkSettings: { Ports: ports } }]),
      },
    );
    expect((await engine.listContainers())[0]?.ports).toEqual([
      { host: '0.0.0.0', hostPort: 8080, containerPort: 80 },
      { host: '::', hostPort: 8080, containerPort: 80 },
      { host: '0.0.0.0', hostPort: 8081, containerPort: 81 },
    ]);
  });
});

describe('where an engine is', () => {
  it.each([
    ['unix:///var/run/docker.sock', false],
    ['npipe:////./pipe/docker_engine', false],
    ['tcp://127.0.0.1:2375', true],
    ['ssh://user@build', true],
  ])('with Docker at %s is elsewhere: %s', async (host, isRemote) => {
    const engine = docker({ argv: /^docker context inspect /, stdout: `${host}\n` });
    expect(await engine.isRemote()).toBe(isRemote);
  });

  it.each([
    ['true\n', true],
    ['false\n', false],
  ])('is as Podman says: %j', async (stdout, isRemote) => {
    expect(await podman({ argv: 'podman info --format {{.Host.ServiceIsRemote}}', stdout }).isRemote()).toBe(isRemote);
  });
});

describe('images', () => {
  it('are known by a digest, also where the engine leaves out its algorithm', async () => {
    const engine = podman({ argv: 'podman image inspect --format {{.Id}} -- app:1', stdout: 'abc\n' });
    expect(await engine.findImage('app:1')).toBe('sha256:abc');
  });

  it.each([
    [docker, 'docker', 'Error response from daemon: No such image: app:1'],
    [podman, 'podman', 'Error: inspecting object: app:1: image not known'],
    [podman, 'podman', 'Error: inspecting object: invalid reference format'],
  ])('that are not there are no failure', async (create, program, stderr) => {
    const engine = create({ argv: `${program} image inspect --format {{.Id}} -- app:1`, stderr, exitCode: 1 });
    expect(await engine.findImage('app:1')).toBeUndefined();
  });
});

describe('a failure', () => {
  const line = { argv: /^docker /, stderr: '', exitCode: 1 };

  it.each([
    [
      'ENGINE_UNREACHABLE',
      'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
      /does not answer/,
    ],
    [
      'ENGINE_UNREACHABLE',
      'failed to connect to the docker API at unix:///x; check if the path is correct',
      /does not answer/,
    ],
    [
      'ENGINE_FAILED',
      "Error: no space left on device\n\nRun 'docker load --help' for more information\n",
      /: no space left on device\.$/,
    ],
    ['ENGINE_FAILED', '', /ended with 1 and said nothing\.$/],
  ])('is %s by what the program says: %s', async (code, stderr, message) => {
    const engine = createDockerEngine(createScriptedRunner([{ ...line, stderr }], ['docker']));
    const failure = { code, message: expect.stringMatching(message) };
    await expect(engine.listContainers()).rejects.toMatchObject(failure);
    await expect(buffer(engine.saveImage('app:1'))).rejects.toMatchObject(failure);
  });

  it('of a command in a container is not one of the engine, unless it does not answer', async () => {
    const request = { container: 'node', command: ['cat', '/x'] };
    const failing = docker({ argv: 'docker exec node cat /x', stderr: 'cat: /x: No such file\n', exitCode: 1 });
    await expect(failing.exec(request)).rejects.toMatchObject({
      code: 'EXEC_FAILED',
      message: '`cat /x` failed in the container node: cat: /x: No such file.',
    });
    const silent = docker({ argv: 'docker exec node cat /x', stderr: 'Is the docker daemon running?', exitCode: 1 });
    await expect(silent.exec(request)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
    await expect(docker().exec(request)).rejects.toMatchObject({ code: 'ENGINE_ABSENT', kind: 'prerequisite' });
  });
});
