/**
 * Builds the peers that no package brings, from their Go modules, once: `node bench/registry/build-peers.ts [FOLDER]`.
 * Distribution takes minutes, Gitea a quarter of an hour; both stay in the folder, `/opt/lab/peers` when none is named.
 */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DISTRIBUTION = 'github.com/distribution/distribution/v3/cmd/registry@v3.1.2';
/** The newest whose modules can all be had. */
const GITEA = 'code.gitea.io/gitea@v1.26.0';

const folder = process.argv[2] ?? process.env['DEVREG_BENCH_PEERS'] ?? '/opt/lab/peers';
const env = { ...process.env, GOBIN: folder, GOFLAGS: '-buildvcs=false', CGO_ENABLED: '1' };
await mkdir(folder, { recursive: true });
const built = new Set(await readdir(folder));
if (!built.has('registry')) await run('go', ['install', DISTRIBUTION], { env });
if (!built.has('gitea')) await buildGitea();

/** Its templates and translations are read from its sources, so those stay beside it. */
async function buildGitea(): Promise<void> {
  const { stdout } = await run('go', ['mod', 'download', '-json', GITEA], { env });
  const { Dir } = JSON.parse(stdout) as { readonly Dir: string };
  const source = join(folder, 'gitea-src');
  await rm(source, { recursive: true, force: true });
  await cp(Dir, source, { recursive: true });
  // Modules are kept read-only.
  for (const path of ['', ...(await readdir(source, { recursive: true }))]) await chmod(join(source, path), 0o755);
  const tags = 'sqlite sqlite_unlock_notify timetzdata';
  await run('go', ['build', '-tags', tags, '-o', join(folder, 'gitea'), '.'], { cwd: source, env });
}
