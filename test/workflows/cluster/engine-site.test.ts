import { describe, expect, it } from 'vitest';
import { findSite, listenOf, tunnelCommand } from '../../../src/workflows/cluster/engine-site.ts';
import { createMemoryEngine } from '../../support/fakes/memory-engine.ts';

const at = (endpoint: string) => createMemoryEngine({ isRemote: true, endpoint });
const lookUp = async (host: string) => {
  if (host !== 'docker') throw new Error(`no ${host}`);
  return '172.20.0.3';
};
const find = (endpoint: string, asked?: string) => findSite(at(endpoint), asked, lookUp);

describe('an engine of this machine', () => {
  it.each([
    [undefined, ['127.0.0.1']],
    ['127.0.0.1', ['127.0.0.1']],
    ['192.168.1.5', ['127.0.0.1', '192.168.1.5']],
    ['0.0.0.0', ['0.0.0.0']],
  ])('publishes, asked for %s, on %j, and is found on loopback', async (asked, listen) => {
    expect(await findSite(createMemoryEngine(), asked)).toEqual({ listen, address: '127.0.0.1' });
  });
});

describe('an engine of another machine', () => {
  it.each([
    ['tcp://10.0.0.2:2375', undefined, ['127.0.0.1', '10.0.0.2'], '10.0.0.2'],
    ['tcp://docker:2376', undefined, ['127.0.0.1', '172.20.0.3'], '172.20.0.3'],
    ['tcp://docker:2376', '0.0.0.0', ['0.0.0.0'], '172.20.0.3'],
    ['tcp://10.0.0.2:2375', '192.168.1.5', ['127.0.0.1', '192.168.1.5'], '192.168.1.5'],
    ['ssh://me@docker', '0.0.0.0', ['0.0.0.0'], '172.20.0.3'],
    ['tcp://127.0.0.1:2375', undefined, ['127.0.0.1'], '127.0.0.1'],
  ])('at %s, asked for %s, publishes on %j and is found at %s', async (endpoint, asked, listen, address) => {
    const site = await find(endpoint, asked);
    expect(site).toMatchObject({ listen, address, far: { engine: { endpoint, address }, tunnel: undefined } });
    expect(site.far?.apiPort).toBeGreaterThan(0);
  });

  it.each([
    ['ssh://me@build:2222', undefined, '-p 2222 me@build'],
    ['ssh://build', undefined, 'build'],
    ['tcp://10.0.0.2:2375', '127.0.0.1', '10.0.0.2'],
  ])('at %s, asked for %s, is found by a tunnel to %s', async (endpoint, asked, tunnel) => {
    expect(await find(endpoint, asked)).toMatchObject({
      listen: ['127.0.0.1'],
      address: '127.0.0.1',
      far: { tunnel },
    });
  });

  it('is told of when its host has no address', async () => {
    await expect(find('tcp://gone:2375')).rejects.toMatchObject({ kind: 'prerequisite', code: 'ENGINE_UNREACHABLE' });
  });

  it('is remembered by the address that was found, not by what was left open', async () => {
    expect(listenOf(await find('tcp://docker:2376'), undefined)).toEqual({ listen: '172.20.0.3' });
    expect(listenOf(await find('ssh://docker'), undefined)).toEqual({});
    expect(listenOf(await findSite(createMemoryEngine(), undefined), undefined)).toEqual({});
    expect(listenOf(await find('tcp://docker:2376', '0.0.0.0'), '0.0.0.0')).toEqual({ listen: '0.0.0.0' });
  });
});

it('a tunnel leads each port to the same one there', () => {
  expect(tunnelCommand('me@build', [8443, 5001, 5001])).toBe(
    'ssh -N -L 8443:127.0.0.1:8443 -L 5001:127.0.0.1:5001 me@build',
  );
});
