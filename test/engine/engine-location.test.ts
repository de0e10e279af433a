import { expect, it } from 'vitest';
import { hostOf, parseDockerLocation, sshTargetOf } from '../../src/engine/engine-location.ts';

it.each([
  ['default unix:///var/run/docker.sock', undefined],
  ['desktop-linux npipe:////./pipe/docker_engine', undefined],
  ['default tcp://10.0.0.2:2375\n', { endpoint: 'tcp://10.0.0.2:2375', context: undefined }],
  ['build ssh://me@build', { endpoint: 'ssh://me@build', context: 'build' }],
])('Docker’s context %j is %j', (text, location) => {
  expect(parseDockerLocation(text)).toEqual(location);
});

it.each([
  ['tcp://10.0.0.2:2375', '10.0.0.2', '10.0.0.2'],
  ['tcp://docker', 'docker', 'docker'],
  ['tcp://[fd00::2]:2375', 'fd00::2', 'fd00::2'],
  ['ssh://me@build:2222', 'build', '-p 2222 me@build'],
  ['ssh://build/run/docker.sock', 'build', 'build'],
])('%s is on %s, and ssh gets there by %s', (endpoint, host, target) => {
  expect(hostOf({ endpoint })).toBe(host);
  expect(sshTargetOf({ endpoint })).toBe(target);
});
