/** Where clients keep logins, by the rules of each. */
import { describe, expect, it } from 'vitest';
import { type LoginClient, clientFiles } from '../../src/trust/client-files.ts';

const LINUX = { platform: 'linux', home: '/home/you', uid: 1000 } as const;

function pathOf(client: LoginClient, env: Readonly<Record<string, string>>, more: object = {}): string {
  return clientFiles({ ...LINUX, env, ...more })[client].path;
}

describe('on Linux', () => {
  it.each<[LoginClient, Record<string, string>, string]>([
    ['docker', {}, '/home/you/.docker/config.json'],
    ['docker', { DOCKER_CONFIG: '/d' }, '/d/config.json'],
    ['crane', { DOCKER_CONFIG: '/d' }, '/d/config.json'],
    ['podman', {}, '/run/containers/1000/auth.json'],
    ['podman', { XDG_RUNTIME_DIR: '/run/user/1000' }, '/run/user/1000/containers/auth.json'],
    ['podman', { XDG_RUNTIME_DIR: '/run/user/1000', REGISTRY_AUTH_FILE: '/a.json' }, '/a.json'],
    ['helm', {}, '/home/you/.config/helm/registry/config.json'],
    ['helm', { XDG_CONFIG_HOME: '/c' }, '/c/helm/registry/config.json'],
    ['helm', { XDG_CONFIG_HOME: '/c', HELM_CONFIG_HOME: '/h' }, '/h/registry/config.json'],
    ['helm', { HELM_CONFIG_HOME: '/h', HELM_REGISTRY_CONFIG: '/r.json' }, '/r.json'],
    ['regctl', {}, '/home/you/.regctl/config.json'],
    ['regctl', { REGCTL_CONFIG: '/r.json' }, '/r.json'],
  ])('%s with %j: %s', (client, env, path) => {
    expect(pathOf(client, env)).toBe(path);
  });
});

it.each<[LoginClient, NodeJS.Platform, string]>([
  ['podman', 'darwin', '/home/you/.config/containers/auth.json'],
  ['helm', 'darwin', '/home/you/Library/Preferences/helm/registry/config.json'],
])('%s on %s: %s', (client, platform, path) => {
  expect(pathOf(client, {}, { platform, home: '/home/you' })).toBe(path);
});

it.each<[LoginClient, string]>([
  ['docker', 'C:\\Users\\you\\.docker\\config.json'],
  ['podman', 'C:\\Users\\you\\.config\\containers\\auth.json'],
  ['helm', 'C:\\Users\\you\\AppData\\Roaming\\helm\\registry\\config.json'],
])('%s on Windows: %s', (client, path) => {
  expect(pathOf(client, {}, { platform: 'win32', home: 'C:\\Users\\you' })).toBe(path);
});
