/** What was answered with success survives the death of the process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { type Digest, parseDigest } from '../../../src/oci/digest.ts';
import type { Durability, Metadata } from '../../../src/registry/core/ports.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { repositoryName, tagOf } from '../../support/contracts/metadata-samples.ts';
import { newDatabasePath } from './new-database-path.ts';

const WRITER = join(import.meta.dirname, 'crash-writer.ts');

/** Lets a process write and kills it after so many answers. @returns every answer it gave */
async function writeAndDie(path: string, durability: Durability, run: string, answers: number): Promise<string[]> {
  const writer = spawn(execPath, [WRITER, path, durability, run], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(writer, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(writer.stdout)) {
    lines.push(line);
    if (lines.length === answers) writer.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return lines;
}

/** Whether what was answered still holds. */
async function isThere(metadata: Metadata, line: string): Promise<boolean> {
  const [kind, repository = '', name = '', text = ''] = line.split(' ');
  const where = repositoryName(repository);
  if (kind === 'blob') return (await metadata.findBlob(where, digestIn(name))) !== undefined;
  const isStored = (await metadata.findManifest(where, digestIn(text)))?.digest === text;
  const tagged = (await metadata.findManifest(where, tagOf(name)))?.digest;
  if (kind === 'untagged') return isStored && tagged === undefined;
  return kind === 'manifest' && isStored && (tagged === text || isAboutToGo(name));
}

/** Every fifth tag is removed; the answer to that may be the one that was not given any more. */
function isAboutToGo(tag: string): boolean {
  return Number(tag.split('-').at(-1)) % 5 === 0;
}

function digestIn(text: string): Digest {
  const digest = parseDigest(text);
  if (digest === undefined) throw new Error(`${text} is not a digest`);
  return digest;
}

it.each<Durability>(['full', 'fast'])('kill -9 at any point loses nothing (%s)', async (durability) => {
  const path = await newDatabasePath();
  const all: string[] = [];
  for (const run of ['1', '2', '3', '4']) {
    const answers = 1 + Math.floor(Math.random() * (run === '4' ? 3_000 : 300));
    all.push(...(await writeAndDie(path, durability, run, answers)));
    await using metadata = await openSqliteMetadata({ path, durability });
    const lost: string[] = [];
    for (const line of all) if (!(await isThere(metadata, line))) lost.push(line);
    expect(lost).toEqual([]);
  }
  using database = new DatabaseSync(path);
  expect({ ...database.prepare('PRAGMA integrity_check').get() }).toEqual({ integrity_check: 'ok' });
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
});
