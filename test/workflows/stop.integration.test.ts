/** The recipe of stop over a provider that ends as it is told to. */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { openState } from '../../src/workflows/open-state.ts';
import { stopRegistry } from '../../src/workflows/stop.ts';
import { RECORD } from '../state/sample-record.ts';
import { makeFakeProvider } from './fake-provider.ts';

async function openDesk() {
  const temp = await mkdtempDisposable(`${tmpdir()}/devreg-stop-`);
  const state = openState({ platform: 'linux', home: temp.path, env: {} });
  const provider = makeFakeProvider();
  const said: string[] = [];
  const progress = {
    step: async <T>(title: string, work: () => Promise<T>) => (said.push(title), work()),
    detail: () => {},
    note: (text: string) => void said.push(text),
    warn: (text: string) => void said.push(`warning: ${text}`),
  };
  const { signal } = new AbortController();
  const start = async () => {
    const { settings } = RECORD;
    const request = { settings, passwordFile: '', tokenFile: '', logFile: '', tls: undefined, timeout: 1_000 };
    const { pid } = await provider.start(request, signal);
    return pid;
  };
  return {
    ...state,
    provider,
    said,
    start,
    stop: () => stopRegistry(RECORD.name, { ...state, provider, progress, signal }),
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

it('says when one had to be killed, and forgets nothing', async () => {
  await using desk = await openDesk();
  const record = { ...RECORD, process: { pid: await desk.start(), startedAt: RECORD.createdAt } };
  await desk.records.save(record);
  desk.provider.endsBy = 'killed';
  expect(await desk.stop()).toEqual({ record, outcome: 'killed' });
  expect(desk.said).toEqual(['Stopping the registry', 'warning: The registry did not end by itself and was killed.']);
  expect(await desk.records.find(RECORD.name)).toEqual(record);
  expect(await desk.stop()).toEqual({ record, outcome: 'kept' });
});

it('leaves a process alone that devreg did not start', async () => {
  await using desk = await openDesk();
  await desk.start();
  await desk.records.save({ ...RECORD, process: undefined });
  await expect(desk.stop()).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE', kind: 'conflict' });
  expect(desk.provider.calls).not.toContain('stop');
});
