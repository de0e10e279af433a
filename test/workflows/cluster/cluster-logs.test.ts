/** Which pod's log is read. */
import { describe, expect, it } from 'vitest';
import { readClusterLog } from '../../../src/workflows/cluster/cluster-logs.ts';
import { openMemoryKubeApi } from '../../support/fakes/memory-kube-api.ts';

const { signal } = new AbortController();

function openApi() {
  const api = openMemoryKubeApi();
  const put = (name: string, app: string, creationTimestamp: string) => {
    const metadata = { name, namespace: 'devreg', labels: { 'app.kubernetes.io/name': app }, creationTimestamp };
    api.put({ apiVersion: 'v1', kind: 'Pod', metadata });
    api.podLogs.set(`devreg/${name}`, [`${name} one`, `${name} two`]);
  };
  put('registry-b', 'registry', '2026-01-03T00:00:00Z');
  put('registry-a', 'registry', '2026-01-02T00:00:00Z');
  put('traefik-a', 'traefik', '2026-01-01T00:00:00Z');
  return api;
}

const PLACE = { namespace: 'devreg', appName: 'registry' };
const read = (source: 'registry' | 'ingress', tail?: number, api = openApi(), place = PLACE) =>
  Array.fromAsync(readClusterLog(api, source, place, { tail, follow: false }, signal));

describe('the log', () => {
  it('of the registry is that of its newest pod', async () => {
    expect(await read('registry')).toEqual(['registry-b one', 'registry-b two']);
  });

  it('of the ingress is that of its own', async () => {
    expect(await read('ingress')).toEqual(['traefik-a one', 'traefik-a two']);
  });

  it('may begin late', async () => {
    expect(await read('registry', 1)).toEqual(['registry-b two']);
    expect(await read('registry', 0)).toEqual([]);
  });

  it.each([
    ['registry', 'kubectl -n devreg get events'],
    ['ingress', '--ingress none'],
  ] as const)('of a missing %s says what may be the reason', async (source, hint) => {
    await expect(read(source, undefined, openMemoryKubeApi())).rejects.toMatchObject({
      kind: 'not-found',
      code: 'LOG_NOT_FOUND',
      hint: expect.stringContaining(hint),
    });
  });
});
