/** What devreg decides to write where podman, buildah and skopeo look, and what it leaves alone. */
import { describe, expect, it } from 'vitest';
import {
  containersCertPaths,
  planContainersCerts,
  sha256Of,
  type CertPlace,
  type ContainersCertsRequest,
  type WrittenCert,
} from '../../src/trust/containers-certs.ts';

const registry = 'localhost:5001';
const folders = ['/home/ann/.config', '/home/ann/.config/containers', '/home/ann/.config/containers/certs.d'];
const own = `/home/ann/.config/containers/certs.d/${registry}`;
const path = `${own}/ca.crt`;
const ours = sha256Of('the CA');
const older = sha256Of('the CA before');

function request(written: readonly WrittenCert[] = []): ContainersCertsRequest {
  return { home: '/home/ann', root: '/', certificate: 'the CA', registries: [registry], written };
}

function place(
  found: string | undefined,
  missingFolders: readonly string[] = [],
  machineFolders: readonly string[] = [],
): CertPlace {
  return { registry, path, found, missingFolders, machineFolders };
}

describe('containersCertPaths', () => {
  it('names the places these tools look at, the user’s first', () => {
    expect(containersCertPaths('/home/ann', '/', registry)).toEqual({
      path,
      folders: [...folders, own],
      machineFolders: ['/etc/containers/certs.d/localhost:5001', '/etc/docker/certs.d/localhost:5001'],
    });
  });

  it.each(['registry.localtest.me:8443', 'server01', '127.0.0.1:5001', '[::1]:5001'])('takes %s', (host) => {
    expect(containersCertPaths('/home/ann', '/', host).path).toBe(
      `/home/ann/.config/containers/certs.d/${host}/ca.crt`,
    );
  });

  it.each([
    '',
    '.',
    '..',
    '../evil:5001',
    'a/../b:1',
    'a/b',
    'a:1/b',
    'a..b:1',
    'https://a:1',
    'a:',
    'a:x',
    'a b',
    'a\n:1',
    'a\0:1',
    ':5001',
  ])('refuses %j', (host) => {
    const refusal = { kind: 'usage', code: 'REGISTRY_INVALID', hint: expect.stringContaining('localhost:5001') };
    expect(() => containersCertPaths('/home/ann', '/', host)).toThrow(expect.objectContaining(refusal));
  });
});

describe('planContainersCerts', () => {
  it('creates what is missing, and records it with the folders it makes', () => {
    const missing = [...folders.slice(1), own];
    const { steps, written, certificate } = planContainersCerts(request(), [place(undefined, missing)]);
    expect(certificate).toBe('the CA');
    expect(steps).toEqual([{ action: 'create', registry, path, found: undefined, missingFolders: missing, hides: [] }]);
    expect(written).toEqual([{ registry, path, hashes: [ours], folders: missing }]);
  });

  it('keeps what says the same, as its own only if it wrote it', () => {
    const earlier = { registry, path, hashes: [ours], folders: [own] };
    const mine = planContainersCerts(request([earlier]), [place(ours)]);
    expect([mine.steps[0]?.action, mine.written]).toEqual(['keep', [earlier]]);
    const theirs = planContainersCerts(request(), [place(ours)]);
    expect([theirs.steps[0]?.action, theirs.written]).toEqual(['keep', []]);
  });

  it('replaces what it wrote, and knows both contents until the plan is applied', () => {
    const earlier = { registry, path, hashes: [older], folders: [own] };
    const { steps, written } = planContainersCerts(request([earlier]), [place(older)]);
    expect(steps).toMatchObject([{ action: 'replace', found: older }]);
    expect(written).toEqual([{ registry, path, hashes: [ours, older], folders: [own] }]);
    // Stopped before it was applied: the file still says what it said, and is still devreg's.
    expect(planContainersCerts(request(written), [place(older)]).steps).toMatchObject([{ action: 'replace' }]);
  });

  it.each([
    ['another file', sha256Of('mine')],
    ['something that is no file', 'other'],
    ['an older CA that devreg has no record of', older],
  ])('leaves %s alone, in conflict', (_, found) => {
    const { steps, written } = planContainersCerts(request(), [place(found)]);
    expect(steps).toMatchObject([{ action: 'conflict', found }]);
    expect(written).toEqual([]);
  });

  it('remembers what it wrote where somebody else has written since', () => {
    const earlier = { registry, path, hashes: [older], folders: [own] };
    const { steps, written } = planContainersCerts(request([earlier]), [place(sha256Of('mine'))]);
    expect(steps).toMatchObject([{ action: 'conflict' }]);
    expect(written).toEqual([earlier]);
  });

  it('counts folders it made for one registry to the next one as well', () => {
    const other = {
      registry: 'a:1',
      path: `${folders[2]}/a:1/ca.crt`,
      hashes: [ours],
      folders: [...folders, `${folders[2]}/a:1`],
    };
    const { written } = planContainersCerts(request([other]), [place(undefined, [own])]);
    expect(written).toEqual([other, { registry, path, hashes: [ours], folders: [...folders, own] }]);
  });

  it('says which folders of the machine are not read any more', () => {
    const machine = ['/etc/docker/certs.d/localhost:5001'];
    expect(planContainersCerts(request(), [place(undefined, [own], machine)]).steps[0]?.hides).toEqual(machine);
    expect(planContainersCerts(request(), [place(undefined, [], machine)]).steps[0]?.hides).toEqual([]);
  });
});
