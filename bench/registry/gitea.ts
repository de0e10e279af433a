/** Gitea in a folder of its own: its settings, a user, and the token that pushing takes. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { openConnection } from './http-connection.ts';
import { type Client, ask } from './requests.ts';

const run = promisify(execFile);

/**
 * Writes the settings, makes the tables and a user called `bench`.
 * @returns the value of `Authorization` for every request
 */
export async function prepareGitea(program: string, folder: string, port: number): Promise<string> {
  const password = randomBytes(16).toString('base64url');
  await mkdir(join(folder, 'work'));
  await writeFile(join(folder, 'app.ini'), settings(folder, port, join(dirname(program), 'gitea-src')));
  // Gitea refuses to run as root by itself.
  const gitea = (...words: string[]) => run(program, ['--config', join(folder, 'app.ini'), ...words], { cwd: folder });
  await gitea('migrate');
  const user = ['--username', 'bench', '--password', password, '--email', 'bench@localhost', '--admin'];
  await gitea('admin', 'user', 'create', ...user, '--must-change-password=false');
  return `Basic ${Buffer.from(`bench:${password}`).toString('base64')}`;
}

/** Gets a token, as clients of registries do before all else. @returns the value of `Authorization` */
export async function fetchToken(client: Client): Promise<string> {
  using connection = await openConnection(client.port);
  const { body } = await connection.send({ ...ask(client, 'GET', '/v2/token?scope=*'), keepsBody: true });
  const { token } = JSON.parse(body.toString()) as { token: string };
  return `Bearer ${token}`;
}

/** @param source where its templates and translations are */
function settings(folder: string, port: number, source: string): string {
  return `RUN_MODE = prod
WORK_PATH = ${join(folder, 'work')}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
OFFLINE_MODE = true
STATIC_ROOT_PATH = ${source}
[database]
DB_TYPE = sqlite3
PATH = ${join(folder, 'gitea.db')}
[security]
INSTALL_LOCK = true
[log]
LEVEL = error
[packages]
ENABLED = true
[session]
PROVIDER = memory
`;
}
