/** An ordinary user with podman and no engine of root's: from nothing to pushed, by login and by the credential helper. */
import { chmod, chown, mkdir, mkdtempDisposable, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { buildProgram } from '../support/build.ts';
import { requireTools } from '../support/tools.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Who the machine has for this. */
const USER = 'devuser';

beforeAll(async () => {
  requireTools(['podman']);
  await buildProgram();
});

it('is logged in, pushes, pulls without a login, and pushes by the helper before and after a rotation', async () => {
  await using user = await openUser();
  const { stdout } = await user.types(`
    devreg create --provider process --port 0 --registry-port 0
    R=$(devreg get secrets -o jsonpath='{[0].name}' >/dev/null; devreg status -o jsonpath='{[0].names[1]}')
    printf 'FROM scratch\\nLABEL from=devreg\\n' | podman build -q -t $R/giteaadmin/hello -
    ! podman push -q $R/giteaadmin/hello 2>/dev/null
    devreg login --client podman
    podman push -q $R/giteaadmin/hello
    devreg logout
    ! podman push -q $R/giteaadmin/hello:latest $R/giteaadmin/other 2>/dev/null
    podman rmi -f $R/giteaadmin/hello >/dev/null
    podman pull -q $R/giteaadmin/hello
    devreg login --client podman --helper
    podman push -q $R/giteaadmin/hello $R/giteaadmin/one && echo pushed by the helper
    devreg rotate
    podman push -q $R/giteaadmin/hello $R/giteaadmin/two && echo pushed after the rotation
    curl -s http://$R/v2/_catalog
    devreg delete --volumes --yes
    podman rmi -f $R/giteaadmin/hello >/dev/null
    cat ~/.config/containers/auth.json $XDG_RUNTIME_DIR/containers/auth.json 2>/dev/null || true
  `);
  expect(stdout).toContain('pushed by the helper');
  expect(stdout).toContain('pushed after the rotation');
  expect(stdout).toContain('{"repositories":["giteaadmin/hello","giteaadmin/one","giteaadmin/two"]}');
  expect(stdout.slice(stdout.indexOf('Deleted the registry'))).not.toMatch(/auth|devreg"/);
});

interface OrdinaryUser extends AsyncDisposable {
  /** Runs lines of shell; the first that fails ends them. */
  types(lines: string): Promise<{ readonly stdout: string }>;
}

/** A home of their own, with devreg on the PATH. */
async function openUser(): Promise<OrdinaryUser> {
  await using made = new AsyncDisposableStack();
  const { path: home } = made.use(await mkdtempDisposable(join(tmpdir(), 'devreg-rootless-')));
  const [programs, runtime] = [join(home, 'bin'), join(home, 'run')];
  for (const folder of [programs, runtime]) await mkdir(folder, { mode: 0o700 });
  await symlink(join(ROOT, 'bin/devreg.js'), join(programs, 'devreg'));
  await symlink(join(ROOT, 'bin/docker-credential-devreg.js'), join(programs, 'docker-credential-devreg'));
  const uid = Number((await execa('id', ['-u', USER])).stdout);
  await chmod(home, 0o755);
  for (const folder of [home, programs, runtime]) await chown(folder, uid, uid);
  const path = [programs, dirname(process.execPath), '/usr/bin', '/bin'].join(':');
  const env = { HOME: home, XDG_RUNTIME_DIR: runtime, PATH: path };
  const types = (lines: string) =>
    execa('runuser', ['-u', USER, '--', 'bash', '-e', '-o', 'pipefail', '-c', lines], {
      env,
      extendEnv: false,
      cwd: home,
    });
  // Files of podman's belong to numbers that only its own user can remove.
  made.defer(async () => {
    await types('devreg delete --all --volumes --yes; podman unshare rm -rf .local/share/containers');
  });
  const kept = made.move();
  return { types, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
