/** The API in memory does what a real one does, so that tests with it mean something. */
import { kubeApiContract } from '../support/contracts/kube-api-contract.ts';
import { openMemoryKubeApi } from '../support/fakes/memory-kube-api.ts';

kubeApiContract(async () => ({ api: openMemoryKubeApi(), namespace: 'default' }));
