/** Whether a claim may grow where it is. */
import { expect, it } from 'vitest';
import { mayExpand } from '../../../src/workflows/cluster/expand-storage.ts';
import { openMemoryKubeApi } from '../../support/fakes/memory-kube-api.ts';
import { CLUSTER_RECORD } from '../../state/sample-record.ts';

const BEFORE = { ...CLUSTER_RECORD.settings, storageClass: 'fast', storageSize: '10Gi' };

function openApi(allowVolumeExpansion: boolean | undefined) {
  const api = openMemoryKubeApi();
  const metadata = { name: 'fast' };
  api.put({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata, allowVolumeExpansion });
  return api;
}

it.each([
  ['20Gi', true],
  ['11000Mi', true],
  ['11G', true],
  ['10.5Gi', true],
  ['10Gi', false],
  ['10G', false],
  ['9Gi', false],
  ['much', false],
])('from 10Gi to %s: %s', async (storageSize, may) => {
  expect(await mayExpand(openApi(true), BEFORE, { ...BEFORE, storageSize })).toBe(may);
});

it.each([false, undefined])('not where the class says %s', async (allows) => {
  expect(await mayExpand(openApi(allows), BEFORE, { ...BEFORE, storageSize: '20Gi' })).toBe(false);
});

it('not in a folder, of another class, or of one that is not there', async () => {
  const wanted = { ...BEFORE, storageSize: '20Gi' };
  const api = openApi(true);
  expect(await mayExpand(api, { ...BEFORE, storageClass: undefined }, { ...wanted, storageClass: undefined })).toBe(
    false,
  );
  expect(await mayExpand(api, BEFORE, { ...wanted, storageClass: 'slow' })).toBe(false);
  expect(await mayExpand(openMemoryKubeApi(), BEFORE, wanted)).toBe(false);
});
