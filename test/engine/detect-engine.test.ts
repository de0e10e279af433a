import { describe, expect, it } from 'vitest';
import { detectEngine } from '../../src/engine/detect-engine.ts';
import { createScriptedRunner, type ScriptLine } from '../support/fakes/scripted-runner.ts';

const DOCKER = { argv: 'docker --version', stdout: 'Docker version 28.2.2, build e6534b4\n' };
const DOCKER_ANSWERS = {
  argv: 'docker version --format {{.Server.Version}}{{range .Server.Components}} {{.Name}}{{end}}',
  stdout: '28.2.2 Engine containerd runc docker-init\n',
};
/** As Podman 4.3 answers Docker's program. */
const EMULATED = { ...DOCKER_ANSWERS, stdout: '4.3.1 Podman Engine Conmon OCI Runtime (runc) Engine\n' };
const PODMAN = { argv: 'podman --version', stdout: 'podman version 4.3.1\n' };
const PODMAN_ANSWERS = { argv: 'podman info --format {{.Host.ServiceIsRemote}}', stdout: 'false\n' };

const dockerSays = (stderr: string): ScriptLine => ({ ...DOCKER_ANSWERS, stdout: '', stderr, exitCode: 1 });
const STOPPED = dockerSays(
  'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
);

const detect = (script: readonly ScriptLine[], preference?: 'docker' | 'podman') =>
  detectEngine(createScriptedRunner(script), preference);

describe('the engine', () => {
  it.each([
    ['Docker when both answer', [DOCKER, DOCKER_ANSWERS, PODMAN, PODMAN_ANSWERS], undefined, 'docker'],
    ['Podman when Docker is absent', [PODMAN, PODMAN_ANSWERS], undefined, 'podman'],
    ['Podman when Docker does not answer', [DOCKER, STOPPED, PODMAN, PODMAN_ANSWERS], undefined, 'podman'],
    [
      'Podman when it calls itself docker',
      [{ ...DOCKER, stdout: PODMAN.stdout }, PODMAN, PODMAN_ANSWERS],
      undefined,
      'podman',
    ],
    ['Podman when it answers in Docker’s place', [DOCKER, EMULATED, PODMAN, PODMAN_ANSWERS], undefined, 'podman'],
    ['the one that is asked for', [DOCKER, DOCKER_ANSWERS, PODMAN, PODMAN_ANSWERS], 'podman', 'podman'],
  ] as const)('is %s', async (_, script, preference, kind) => {
    expect((await detect(script, preference)).kind).toBe(kind);
  });
});

describe('no engine', () => {
  it('is told by every name that was looked for', async () => {
    await expect(detect([])).rejects.toMatchObject({
      kind: 'prerequisite',
      code: 'ENGINE_ABSENT',
      message: 'There is no container engine: neither docker nor podman is on the PATH.',
      hint: expect.stringContaining('--provider process'),
    });
  });

  it('of the kind that is asked for is told by its name alone', async () => {
    await expect(detect([DOCKER, DOCKER_ANSWERS], 'podman')).rejects.toMatchObject({
      code: 'ENGINE_ABSENT',
      message: 'Podman is not installed: there is no podman on the PATH.',
    });
  });

  it.each([[undefined], ['docker' as const]])(
    'is told when Podman answers in Docker’s place, asked for %s',
    async (kind) => {
      await expect(detect([DOCKER, EMULATED], kind)).rejects.toMatchObject({
        kind: 'prerequisite',
        code: 'ENGINE_EMULATED',
        message: expect.stringContaining('Docker is not what answers the program docker: Podman does, in its place.'),
        hint: expect.stringContaining('--engine podman'),
      });
    },
  );

  it('is told of a docker that is podman under another name', async () => {
    await expect(detect([{ ...DOCKER, stdout: PODMAN.stdout }], 'docker')).rejects.toMatchObject({
      code: 'ENGINE_ABSENT',
      message: expect.stringContaining('says "podman version 4.3.1"'),
      hint: expect.stringContaining('--engine podman'),
    });
  });

  it('is told with each reason when one is silent', async () => {
    await expect(detect([DOCKER, STOPPED])).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message:
        'Docker does not answer: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running? Podman is not installed: there is no podman on the PATH.',
    });
  });
});

describe('an engine that is silent', () => {
  it.each([
    ['stopped', STOPPED.stderr ?? '', /Start it: sudo systemctl start docker/],
    [
      'behind a socket that is another’s',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix /var/run/docker.sock: connect: permission denied\n',
      /usermod -aG docker/,
    ],
    [
      'elsewhere',
      'error during connect: Get "http://build:2375/v1.50/version": dial tcp: lookup build: no such host\n',
      /DOCKER_HOST/,
    ],
    [
      'in a context that is not there',
      'Failed to initialize: unable to resolve docker endpoint: context "x": context not found: open /meta.json: no such file\n',
      /docker context ls/,
    ],
  ])('because it is %s comes with the way out', async (_, stderr, hint) => {
    const said = stderr.trim();
    await expect(detect([DOCKER, dockerSays(stderr)], 'docker')).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: expect.stringContaining(said),
      hint: expect.stringMatching(hint),
    });
  });
});
