/** The words after `registry`, as people type them for registry:2 and registry:3 (S2-01, S3-14). */
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/registry/container/arguments.ts';

const DOCKER = '/etc/docker/registry/config.yml';

describe('arguments', () => {
  it.each([
    ['', undefined],
    ['serve', undefined],
    [`serve ${DOCKER}`, DOCKER],
    ['serve /etc/distribution/config.yml', '/etc/distribution/config.yml'],
    [DOCKER, DOCKER],
    ['my.yaml', 'my.yaml'],
    ['registry serve a', 'a'],
    [`/bin/registry serve ${DOCKER}`, DOCKER],
    ['registry', undefined],
  ])('%j means to serve', (line, configPath) => {
    expect(parseArguments(line === '' ? [] : line.split(' '))).toEqual({ kind: 'serve', configPath });
  });

  it.each([
    [`garbage-collect ${DOCKER}`, {}],
    [`garbage-collect --delete-untagged ${DOCKER}`, { deleteUntagged: true }],
    [`garbage-collect -m -d --quiet ${DOCKER}`, { deleteUntagged: true, isDryRun: true, isQuiet: true }],
    [`garbage-collect --dry-run=true --delete-untagged=false ${DOCKER}`, { isDryRun: true }],
    [`garbage-collect ${DOCKER} -q -d -d=false`, { isQuiet: true }],
    [`garbage-collect --json ${DOCKER}`, { isJson: true }],
    ['registry garbage-collect', { configPath: undefined }],
  ])('%j means to collect garbage', (line, settings) => {
    const none = { configPath: DOCKER, isDryRun: false, deleteUntagged: false, isQuiet: false, isJson: false };
    expect(parseArguments(line.split(' '))).toEqual({ kind: 'garbage-collect', ...none, ...settings });
  });

  it.each(['help', '--help', '-h'])('%j asks for help', (word) => {
    expect(parseArguments([word])).toEqual({ kind: 'help' });
  });

  it.each([
    ['frob', 'frob'],
    ['serve --port 5', '--port'],
    ['serve a.yml b.yml', 'b.yml'],
    ['garbage-collect --force', '--force'],
    ['garbage-collect --dry-run=maybe', '--dry-run=maybe'],
    ['garbage-collect a.yml b.yml', 'b.yml'],
    ['sh -c id', 'sh'],
    ['registry registry', 'registry'],
  ])('%j is refused', (line, named) => {
    expect(parseArguments(line.split(' '))).toEqual({ kind: 'wrong', problem: expect.stringContaining(named) });
  });
});
