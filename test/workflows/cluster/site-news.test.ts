import { describe, expect, it } from 'vitest';
import { settleCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import { findSite } from '../../../src/workflows/cluster/engine-site.ts';
import { announceSite } from '../../../src/workflows/cluster/site-news.ts';
import { createMemoryEngine } from '../../support/fakes/memory-engine.ts';

async function announce(endpoint: string | undefined, listen?: string): Promise<string[]> {
  const engine = createMemoryEngine(endpoint === undefined ? {} : { isRemote: true, endpoint });
  const said: string[] = [];
  const refuse = () => expect.fail('What must be seen where notes are not shown is no note.');
  const progress = { step: refuse, detail: refuse, note: refuse, warn: (text: string) => void said.push(text) };
  announceSite({ site: await findSite(engine, listen), settings: settleCluster({}, undefined) }, progress);
  return said;
}

describe('where ports are', () => {
  it('is nothing to tell of on this machine’s loopback', async () => {
    expect(await announce(undefined)).toEqual([]);
  });

  it('is told where others reach them', async () => {
    expect(await announce(undefined, '0.0.0.0')).toEqual([expect.stringContaining('published on 0.0.0.0')]);
    expect(await announce('tcp://10.0.0.2:2375')).toEqual([expect.stringContaining('on 127.0.0.1 and 10.0.0.2')]);
  });

  it('is told with the tunnel to open where nobody else does', async () => {
    const [text = ''] = await announce('ssh://me@build');
    expect(text).toMatch(
      /ssh -N -L 8443:127\.0\.0\.1:8443 -L 5001:127\.0\.0\.1:5001 -L (2\d{4}):127\.0\.0\.1:\1 me@build$/,
    );
  });
});
