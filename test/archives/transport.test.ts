/** Places outside registries are read by the rules of containers/image. */
import { describe, expect, it } from 'vitest';
import { formatTransport, parseTransport, type Transport } from '../../src/archives/transport.ts';

const HEX = 'a'.repeat(64);
const DIGEST = `sha256:${HEX}`;

function place(kind: Transport['kind'], path: string, reference?: string, index?: number): Transport {
  return { kind, path, reference, index };
}

describe('a place', () => {
  it.each<[string, Transport]>([
    ['oci:folder', place('oci', 'folder')],
    ['oci:folder:', place('oci', 'folder')],
    ['oci:/a/b:latest', place('oci', '/a/b', 'latest')],
    ['oci:busybox_ocilayout:latest', place('oci', 'busybox_ocilayout', 'latest')],
    ['oci:a:localhost:5001/app:1', place('oci', 'a', 'localhost:5001/app:1')],
    ['oci:a:name--with+all@kinds_of.marks', place('oci', 'a', 'name--with+all@kinds_of.marks')],
    ['oci:a:@0', place('oci', 'a', undefined, 0)],
    [`oci:a@${DIGEST}`, place('oci', 'a', DIGEST)],
    [`oci:a:@${DIGEST}`, place('oci', 'a', DIGEST)],
    [`oci:a:${DIGEST}`, place('oci', 'a', DIGEST)],
    ['oci-archive:a.tar:1', place('oci-archive', 'a.tar', '1')],
    ['oci-archive:-', place('oci-archive', '-')],
    ['ocidir://a/b:1', place('oci', 'a/b', '1')],
    ['ocidir:///a/b', place('oci', '/a/b')],
    [`ocidir://a:1@${DIGEST}`, place('oci', 'a', DIGEST)],
    ['dir:existingemptydirectory', place('dir', 'existingemptydirectory')],
    ['dir:sync/localhost:5001/app:1', place('dir', 'sync/localhost:5001/app:1')],
    ['docker-archive:a.tar', place('docker-archive', 'a.tar')],
    ['docker-archive:a.tar:app', place('docker-archive', 'a.tar', 'docker.io/library/app:latest')],
    ['docker-archive:a.tar:localhost:5001/app:1', place('docker-archive', 'a.tar', 'localhost:5001/app:1')],
    ['docker-archive:a.tar:@12', place('docker-archive', 'a.tar', undefined, 12)],
    ['docker-archive:-:app:1', place('docker-archive', '-', 'docker.io/library/app:1')],
    ['docker-daemon:app:1', place('docker-daemon', '', 'docker.io/library/app:1')],
    ['docker-daemon:quay.io/team/app', place('docker-daemon', '', 'quay.io/team/app:latest')],
    [`docker-daemon:${DIGEST}`, place('docker-daemon', '', DIGEST)],
    ['containers-storage:localhost/app:1', place('containers-storage', '', 'localhost/app:1')],
  ])('%s is read', (text, expected) => {
    const transport = parseTransport(text);
    expect(transport).toEqual(expected);
    // Written and read again it is the same.
    expect(transport && parseTransport(formatTransport(transport))).toEqual(expected);
  });

  it.each([
    'oci:',
    'oci:a:-b',
    'oci:a:b//c',
    'oci:a:b/',
    'oci:a:@',
    'oci:a:@-1',
    'oci:a:@1x',
    `oci:a@sha256:${'a'.repeat(63)}`,
    'oci-archive::name',
    'ocidir:a',
    'dir:',
    'docker-archive:',
    'docker-archive:a.tar:',
    'docker-archive:a.tar:UPPER',
    `docker-archive:a.tar:app@${DIGEST}`,
    'docker-archive:a.tar:@-1',
    'docker-daemon:',
    `docker-daemon:${HEX}`,
    `docker-daemon:app:1@${DIGEST}`,
  ])('%s is refused', (text) => {
    expect(() => parseTransport(text)).toThrow(expect.objectContaining({ kind: 'usage', code: 'TRANSPORT_INVALID' }));
  });

  it.each([
    'docker://localhost:5001/app:1',
    'app',
    'app:1',
    'localhost:5001/app',
    '@app',
    '',
    'OCI:a',
    'constructor:a',
  ])('%s is none', (text) => expect(parseTransport(text)).toBeUndefined());
});
