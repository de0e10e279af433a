/** Records as text, and texts that are none. */
import { describe, expect, it } from 'vitest';
import { formatRecord, parseRecord } from '../../src/state/record.ts';
import type { AnyRecord } from '../../src/state/record.ts';
import { CLUSTER_RECORD, RECORD } from './sample-record.ts';

/** The text with one place changed. */
function changed(path: readonly string[], value: unknown, from: AnyRecord = RECORD): string {
  const record = JSON.parse(formatRecord(from));
  const last = path.at(-1) ?? '';
  let place = record;
  for (const key of path.slice(0, -1)) place = place[key];
  place[last] = value;
  return JSON.stringify(record);
}

it('is read as it was written, with and without what may be missing', () => {
  expect(parseRecord(formatRecord(RECORD), 'file')).toEqual(RECORD);
  const stopped = { ...RECORD, process: undefined, madeFolder: undefined, trusted: [] };
  expect(parseRecord(formatRecord(stopped), 'file')).toEqual(stopped);
});

it('of a cluster is read as it was written, with and without what may be missing', () => {
  expect(parseRecord(formatRecord(CLUSTER_RECORD), 'file')).toEqual(CLUSTER_RECORD);
  const missing = { nodeImage: undefined, kindConfig: undefined, storageClass: undefined, dataDir: undefined };
  const plain = { ...CLUSTER_RECORD, settings: { ...CLUSTER_RECORD.settings, ...missing }, hostsFile: undefined };
  expect(parseRecord(formatRecord(plain), 'file')).toEqual(plain);
});

describe('refuses a text when', () => {
  it.each([
    [['name'], 1],
    [['provider'], 'moon'],
    [['settings'], null],
    [['settings', 'host'], undefined],
    [['settings', 'port'], 65_536],
    [['settings', 'port'], '8443'],
    [['settings', 'registryPort'], 1.5],
    [['settings', 'durability'], 'none'],
    [['settings', 'tls'], true],
    [['process', 'pid'], 0],
    [['process', 'pid'], -1],
    [['process', 'pid'], 1],
    [['process', 'pid'], '12'],
    [['madeFolder'], 1],
    [['trusted'], {}],
    [['trusted', '0', 'path'], null],
    [['trusted', '0', 'hashes'], [1]],
    [['format'], undefined],
  ])('its %j is %j', (path, value) => {
    expect(() => parseRecord(changed(path, value), '/state/record.json')).toThrow(
      expect.objectContaining({
        code: 'RECORD_DAMAGED',
        message: '/state/record.json is not what devreg wrote there.',
      }),
    );
  });

  it.each([
    [['engine'], 'moby'],
    [['stage'], 'done'],
    [['hostsFile'], 1],
    [['settings', 'aliases'], 'a'],
    [['settings', 'aliases', '0'], 1],
    [['settings', 'pathRouting'], 'yes'],
    [['settings', 'ingress'], 'nginx'],
    [['settings', 'workers'], '2'],
    [['settings', 'nodeImage'], null],
    [['settings', 'kindConfig'], 'kind: Cluster'],
    [['settings', 'kindConfig', 'text'], undefined],
    [['settings', 'extraPorts'], [22]],
    [['settings', 'nodePort'], -1],
    [['settings', 'storageSize'], 10],
    [['settings', 'storageClass'], 1],
    [['settings', 'dataDir'], false],
    [['settings', 'registryImage'], 1],
  ])('a cluster’s %j is %j', (path, value) => {
    expect(() => parseRecord(changed(path, value, CLUSTER_RECORD), 'file')).toThrow(
      expect.objectContaining({ code: 'RECORD_DAMAGED' }),
    );
  });

  it.each(['', '{', 'null', '[]', '"x"'])('all of it is %j', (text) => {
    expect(() => parseRecord(text, 'file')).toThrow(expect.objectContaining({ code: 'RECORD_DAMAGED' }));
  });

  it('a newer version wrote it', () => {
    expect(() => parseRecord(changed(['format'], 2), 'file')).toThrow(
      expect.objectContaining({ code: 'RECORD_TOO_NEW' }),
    );
  });
});
