/** Images that nobody has had before, in the engine: what a node runs of them it can only have from the registry. */
import { randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import type { ClusterUser } from './cluster-user.ts';
import { lastDigest } from './clients.ts';
import { SMALL } from './image-names.ts';

/** Builds an image that waits until it is ended, with content of its own. */
export async function buildImage(user: ClusterUser, reference: string): Promise<void> {
  const context = `context-${randomBytes(4).toString('hex')}`;
  await user.write(`${context}/random`, randomBytes(100_000));
  await user.write(`${context}/Dockerfile`, `FROM ${SMALL}\nCOPY random /random\n`);
  await build(user, reference, context);
}

/** Builds an image of crane alone: a client for pods, and with `registry serve` an app that speaks HTTP. */
export async function buildCrane(user: ClusterUser, reference: string): Promise<void> {
  const context = `context-${randomBytes(4).toString('hex')}`;
  const dockerfile = await user.write(
    `${context}/Dockerfile`,
    'FROM scratch\nCOPY crane /crane\nCOPY random /random\nENTRYPOINT ["/crane"]\n',
  );
  await user.write(`${context}/random`, randomBytes(1000));
  await copyFile(onPath('crane'), join(dockerfile, '../crane'));
  await build(user, reference, context);
}

/** Builds and pushes. @returns the digest by which the registry has it */
export async function pushImage(user: ClusterUser, reference: string, make = buildImage): Promise<string> {
  await make(user, reference);
  return lastDigest((await user.sh(`docker push ${reference}`)).stdout);
}

async function build(user: ClusterUser, reference: string, context: string): Promise<void> {
  await user.sh(`docker build -q --label ${user.label} -t ${reference} ${context}`);
}

function onPath(program: string): string {
  const file = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(existsSync);
  if (file === undefined) throw new Error(`${program} is not on the PATH.`);
  return file;
}
