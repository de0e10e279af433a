/** Waiting for a Deployment through the API: notes on the way, and the end, good or bad. */
import { describe, expect, it } from 'vitest';
import { awaitDeployment } from '../../src/kube/await-workload.ts';
import type { KubeObject } from '../../src/kube/kube-api.ts';
import { type MemoryKubeApi, openMemoryKubeApi } from '../support/fakes/memory-kube-api.ts';
import { newDeployment, newNode, newPod, newReplicaSet, podIn } from './workload-samples.ts';

const KEY = { namespace: 'devreg', name: 'app' };
const UP = newDeployment({ replicas: 1, updatedReplicas: 1, availableReplicas: 1 });
const CRASHING = podIn({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState: { terminated: { exitCode: 3 } } });

function openCluster(...objects: readonly KubeObject[]): MemoryKubeApi {
  const api = openMemoryKubeApi();
  for (const object of [newReplicaSet('new', '2'), newNode('True'), ...objects]) api.put(object);
  return api;
}

const soon = () => AbortSignal.timeout(5_000);

describe('awaitDeployment', () => {
  it('resolves when it is up already', async () => {
    await awaitDeployment(openCluster(UP), KEY, { signal: soon() });
  });

  it('follows it from before it is there, and tells each thing it waits for once', async () => {
    const api = openCluster();
    const notes: string[] = [];
    const next: readonly (readonly KubeObject[])[] = [
      [newDeployment()],
      [podIn({ waiting: { reason: 'ContainerCreating' } }), newDeployment({ replicas: 1 })],
      [podIn({ running: {} })],
      [UP],
    ];
    const onNote = (note: string) => {
      for (const object of next[notes.length] ?? []) api.put(object);
      notes.push(note);
    };
    await awaitDeployment(api, KEY, { signal: soon(), onNote });
    expect(notes).toEqual([
      'it is not there yet',
      'it has no pods yet',
      'its container is being made',
      'it runs, but is not ready yet',
    ]);
  });

  it('fails with the reason, and with what the container said last', async () => {
    const api = openCluster(newDeployment(), CRASHING);
    api.podLogs.set('devreg/app-new', [
      'starting',
      'Error: no such file: /a',
      '    at main (a.js:1)',
      '',
      'Node.js v24',
    ]);
    await expect(awaitDeployment(api, KEY, { signal: soon() })).rejects.toMatchObject({
      kind: 'failure',
      code: 'WORKLOAD_FAILED',
      message:
        'Deployment devreg/app cannot come up: its container main ended with exit code 3, ' +
        'and its log ends with: Error: no such file: /a.',
      hint: expect.stringContaining('kubectl -n devreg describe'),
    });
  });

  it('takes the place of a log that is gone for no log', async () => {
    const api = openCluster(newDeployment(), CRASHING);
    api.podLogs.set('devreg/app-new', ['unable to retrieve container logs for containerd://0123']);
    await expect(awaitDeployment(api, KEY, { signal: soon() })).rejects.toThrow('exit code 3.');
  });

  it('fails without last words when there is no log', async () => {
    const failing = awaitDeployment(openCluster(newDeployment(), CRASHING), KEY, { signal: soon() });
    await expect(failing).rejects.toThrow(
      'Deployment devreg/app cannot come up: its container main ended with exit code 3.',
    );
  });

  it('says what it waited for when its time is over', async () => {
    const api = openCluster(newDeployment(), newPod({ conditions: [] }));
    await expect(awaitDeployment(api, KEY, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      kind: 'timeout',
      code: 'CLUSTER_TIMEOUT',
      message: 'Deployment devreg/app did not come up in time: its pod has no node yet.',
    });
  });

  it('ends with the reason of a signal that is no time-out', async () => {
    const stop = new AbortController();
    const reason = new Error('interrupted');
    const waiting = awaitDeployment(openCluster(), KEY, { signal: stop.signal, onNote: () => stop.abort(reason) });
    await expect(waiting).rejects.toBe(reason);
  });

  it('takes the last event for the one that counts', async () => {
    const event = (name: string, lastTimestamp: string, message: string) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'devreg', name },
      type: 'Warning',
      reason: 'FailedCreatePodSandBox',
      message,
      lastTimestamp,
      involvedObject: { kind: 'Pod', uid: 'pod-new' },
    });
    const late = event('a', '2026-01-02T00:00:00Z', 'late');
    const early = event('b', '2026-01-01T00:00:00Z', 'early');
    const api = openCluster(newDeployment(), podIn({ waiting: { reason: 'ContainerCreating' } }), late, early);
    const stop = new AbortController();
    const notes: string[] = [];
    const onNote = (note: string) => {
      notes.push(note);
      stop.abort();
    };
    await expect(awaitDeployment(api, KEY, { signal: stop.signal, onNote })).rejects.toThrow('aborted');
    expect(notes).toEqual(['its pod cannot start: late']);
  });
});
