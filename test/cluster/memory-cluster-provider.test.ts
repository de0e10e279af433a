/** The provider in memory keeps the contract that the real ones keep. */
import { describe, expect, it } from 'vitest';
import { clusterProviderContract } from '../support/contracts/cluster-provider-contract.ts';
import { createMemoryClusterProvider } from '../support/fakes/memory-cluster-provider.ts';

const ORDER = {
  name: 'dev',
  config: 'nodes:\n  - role: control-plane\n  - role: worker\n',
  nodeImage: undefined,
  keepOnFailure: false,
};

describe('the provider in memory', () => {
  clusterProviderContract(async () => {
    const provider = createMemoryClusterProvider({ clusters: ['other'] });
    return { provider, order: ORDER, readUserKubeconfig: async () => [...provider.contexts].join('\n') };
  });

  it('fails as it is told, and keeps the pieces when ordered so', async () => {
    const failure = new Error('no luck');
    const provider = createMemoryClusterProvider({ failure });
    const options = { signal: new AbortController().signal, onPhase: () => {} };
    await expect(provider.create(ORDER, options).made).rejects.toBe(failure);
    expect(await provider.list()).toEqual([]);
    await expect(provider.create({ ...ORDER, keepOnFailure: true }, options).kubeconfig).rejects.toBe(failure);
    expect(await provider.list()).toEqual(['dev']);
  });
});
