/** What `create` answers about a cluster, in words and as data. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CreateFacts, answerOf, formatAnswer } from '../../../src/cli/create/answer.ts';
import type { CreatedCluster } from '../../../src/workflows/cluster/create-cluster.ts';
import { CLUSTER_RECORD, RECORD } from '../../state/sample-record.ts';

const settings = { ...CLUSTER_RECORD.settings, dataDir: undefined };
const CREATED: Pick<CreatedCluster, 'record' | 'outcome' | 'ca'> = {
  record: { ...CLUSTER_RECORD, settings },
  outcome: 'created',
  ca: '/home/me/ca.crt',
};
const FACTS: CreateFacts = {
  created: CREATED,
  resolves: true,
  client: 'docker',
  program: 'devreg',
  isImplied: true,
};

describe('about a cluster', () => {
  it('says everything there is to know', async () => {
    expect(await formatAnswer(answerOf(FACTS), 'text')).toMatchInlineSnapshot(`
      "The cluster dev is ready.

        Images     registry.localtest.me:8443/NAME
                   localhost:5001/NAME
        User       giteaAdmin
        Password   devreg get secrets -p registry -o password
        CA         /home/me/ca.crt
        Context    kind-dev

      Next:
        devreg get secrets -p registry -o password | docker login -u giteaAdmin --password-stdin localhost:5001
        docker build -t localhost:5001/giteaadmin/app:1 . && docker push localhost:5001/giteaadmin/app:1
        kubectl run app --image localhost:5001/giteaadmin/app:1
      "
    `);
  });

  it('tells of an engine on another machine, and leads names there', async () => {
    const engineAt = { endpoint: 'tcp://10.0.0.2:2375', address: '10.0.0.2' };
    const created = { ...CREATED, record: { ...CLUSTER_RECORD, settings, engineAt } };
    const text = await formatAnswer(answerOf({ ...FACTS, created, resolves: false }), 'text');
    expect(text).toContain('what docker pushes to localhost:5001 goes from there; here it is 10.0.0.2');
    expect(text).toContain('registry.localtest.me does not lead to 10.0.0.2 here.');
    expect(text).toContain('  10.0.0.2 registry.localtest.me\n');
    const brought = { ...created, record: { ...created.record, engineAt: { ...engineAt, address: '127.0.0.1' } } };
    expect(answerOf({ ...FACTS, created: brought })).not.toHaveProperty('address');
  });

  it('is data for programs', async () => {
    const answer = answerOf(FACTS);
    expect(answer).toMatchObject({
      name: 'dev',
      provider: 'kind',
      outcome: 'created',
      registry: 'registry.localtest.me:8443',
      names: ['registry.localtest.me:8443', 'localhost:5001'],
      resolves: true,
      url: 'https://registry.localtest.me:8443',
      ca: '/home/me/ca.crt',
      dataDir: null,
      pid: null,
      context: 'kind-dev',
    });
    expect(JSON.parse(await formatAnswer(answer, 'json'))).toEqual(answer);
    expect(parse(await formatAnswer(answer, 'yaml'))).toEqual(answer);
  });

  it('names localhost where the host leads nowhere, and what makes it lead here', async () => {
    const answer = answerOf({ ...FACTS, resolves: false });
    expect(answer).toMatchObject({ registry: 'localhost:5001', url: 'https://localhost:5001', resolves: false });
    const text = await formatAnswer(answer, 'text');
    expect(text).toContain('registry.localtest.me does not lead to this machine here.');
    expect(text).toContain('devreg create --hosts-file');
    expect(text).toContain('  127.0.0.1 registry.localtest.me\n');
  });

  it('knows no TLS, and names the cluster where that is needed', async () => {
    const created = {
      ...CREATED,
      record: { ...CLUSTER_RECORD, settings: { ...settings, tls: 'off' as const } },
      ca: undefined,
    };
    const answer = answerOf({ ...FACTS, created, isImplied: false });
    expect(answer).toMatchObject({ ca: null, url: 'http://registry.localtest.me:8443' });
    expect(answer.passwordCommand).toMatch(/ --name dev$/);
    expect(await formatAnswer(answer, 'text')).toContain('  TLS        off\n');
  });

  it.each([
    ['created', 'The cluster dev is ready.'],
    ['recreated', 'The cluster dev was made anew.'],
    ['kept', 'The cluster dev runs already.'],
  ] as const)('that was %s begins so', async (outcome, sentence) => {
    const answer = answerOf({ ...FACTS, created: { ...CREATED, outcome } });
    expect((await formatAnswer(answer, 'text')).split('\n')[0]).toBe(sentence);
  });

  it('shows the folder of this machine that has the images', async () => {
    const answer = answerOf({ ...FACTS, created: { record: CLUSTER_RECORD, outcome: 'created', ca: undefined } });
    expect(answer.dataDir).toBe('/data');
    expect(await formatAnswer(answer, 'text')).toContain('  Data       /data\n');
  });
});

it('about a process has neither context nor --hosts-file', async () => {
  const created = { record: RECORD, outcome: 'started', ca: undefined } as const;
  const answer = answerOf({ ...FACTS, created, resolves: false });
  expect(answer).toMatchObject({ context: null, pid: 1234, dataDir: '/data' });
  const text = await formatAnswer(answer, 'text');
  expect(text).not.toMatch(/Context|--hosts-file/);
  expect(text.split('\n')[0]).toBe('The registry devreg runs again.');
});
