/** What was answered with success survives the death of the process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { parseDigest } from '../../../src/oci/digest.ts';
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

async function expectAnswer(metadata: Metadata, line: string, untagged: ReadonlySet<string>): Promise<void> {
  const [kind, repository = '', name = '', text = ''] = line.split(' ');
  const where = repositoryName(repository);
  if (kind === 'blob') {
    expect(await metadata.findBlob(where, parseDigest(name) ?? fail(line)), line).toBeDefined();
    return;
  }
  expect(['manifest', 'untagged'], line).toContain(kind);
  expect((await metadata.findManifest(where, parseDigest(text) ?? fail(line)))?.digest, line).toBe(text);
  if (kind === 'untagged') expect(await metadata.findManifest(where, tagOf(name)), line).toBeUndefined();
  // The turn whose tag was about to be removed may have lost it without an answer.
  else if (!untagged.has(`${repository} ${name}`) && !mayBeUntagged(name)) {
    expect((await metadata.findManifest(where, tagOf(name)))?.digest, line).toBe(text);
  }
}

function mayBeUntagged(tag: string): boolean {
  return Number(tag.split('-').at(-1)) % 5 === 0;
}

function fail(line: string): never {
  throw new Error(`unexpected line: ${line}`);
}

it.each<Durability>(['full', 'fast'])('kill -9 at any point loses nothing (%s)', async (durability) => {
  const path = await newDatabasePath();
  const all: string[] = [];
  for (const run of ['1', '2', '3', '4']) {
    const answers = 1 + Math.floor(Math.random() * (run === '4' ? 3_000 : 300));
    all.push(...(await writeAndDie(path, durability, run, answers)));
    const untagged = new Set(all.filter((line) => line.startsWith('untagged')).map((line) => line.split(' ').slice(1, 3).join(' ')));
    await using metadata = await openSqliteMetadata({ path, durability });
    for (const line of all) await expectAnswer(metadata, line, untagged);
  }
  using database = new DatabaseSync(path);
  expect({ ...database.prepare('PRAGMA integrity_check').get() }).toEqual({ integrity_check: 'ok' });
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
});
