import { chmod, lstat, mkdtempDisposable, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../src/process/execa-runner.ts';
import { ensureHostNames, removeHostNames } from '../../src/trust/hosts-file-edit.ts';

const NAMES = ['registry.localtest.me', 'cnoe.localtest.me'];

/** Bytes that are no UTF-8, an odd mode, and no line break at the end. */
async function makeHostsFile() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-hosts-'));
  const file = join(folder.path, 'hosts');
  const before = Buffer.concat([Buffer.from('127.0.0.1 localhost\r\n# '), Buffer.from([0xff, 0xe9]), Buffer.from('x')]);
  await writeFile(file, before);
  await chmod(file, 0o640);
  return { file, before, folder: folder.path, [Symbol.asyncDispose]: () => folder.remove() };
}

describe('the hosts file', () => {
  it('gets the names once, and is then as it was', async () => {
    await using made = await makeHostsFile();
    const { file, before, folder } = made;
    expect(await ensureHostNames(file, 'dev', NAMES)).toEqual(NAMES.map((name) => ({ name, action: 'add' })));
    const lines = '\r\n127.0.0.1 registry.localtest.me # devreg dev\r\n127.0.0.1 cnoe.localtest.me # devreg dev';
    expect(await readFile(file)).toEqual(Buffer.concat([before, Buffer.from(lines)]));
    expect(await ensureHostNames(file, 'dev', NAMES)).toEqual(NAMES.map((name) => ({ name, action: 'present' })));
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await removeHostNames(file, 'dev')).toBe(true);
    expect(await readFile(file)).toEqual(before);
    expect(await removeHostNames(file, 'dev')).toBe(false);
    expect(await readdir(folder)).toEqual(['hosts']);
  });

  it('may be a link, which stays one', async () => {
    await using made = await makeHostsFile();
    const link = `${made.file}-link`;
    await symlink(made.file, link);
    await ensureHostNames(link, 'dev', NAMES);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(made.file, 'latin1')).toContain('# devreg dev');
  });

  it('may not be there', async () => {
    await using made = await makeHostsFile();
    const file = join(made.folder, 'other');
    expect(await removeHostNames(file, 'dev')).toBe(false);
    await ensureHostNames(file, 'dev', ['a.test']);
    expect(await readFile(file, 'utf8')).toBe('127.0.0.1 a.test # devreg dev\n');
  });
});

describe('a hosts file that this user may not change', () => {
  it('is named with commands that do what could not be done', async () => {
    await using made = await makeHostsFile();
    const { file, before } = made;
    const adding = await tryWithoutRights(
      `ensureHostNames(${JSON.stringify(file)}, 'dev', ${JSON.stringify(NAMES)})`,
      made,
    );
    expect(adding).toMatchObject({ code: 'HOSTS_FILE_DENIED', message: `Only an administrator may change ${file}.` });
    await runHint(adding.hint);
    expect(await ensureHostNames(file, 'dev', NAMES)).toEqual(NAMES.map((name) => ({ name, action: 'present' })));
    const removing = await tryWithoutRights(`removeHostNames(${JSON.stringify(file)}, 'dev')`, made);
    expect(removing).toMatchObject({ code: 'HOSTS_FILE_DENIED' });
    await runHint(removing.hint);
    expect(await readFile(file)).toEqual(Buffer.concat([before, Buffer.from('\n')]));
  });

  it('unless only its folder is closed: it is written in place then', async () => {
    await using made = await makeHostsFile();
    const { file, before } = made;
    const attempt = `ensureHostNames('${file}', 'dev', ['a.test', 'b.test']).then(() => removeHostNames('${file}', 'dev'))`;
    const { ino } = await stat(file);
    expect(await tryWithoutRights(attempt, made, 0o644)).toEqual({});
    expect(await readFile(file)).toEqual(before);
    expect((await stat(file)).ino).toBe(ino);
  });
});

const runner = createRunner(process.env);
const source = join(import.meta.dirname, '../../src/trust/hosts-file-edit.ts');

/** Root may write whatever the mode says, unless it gives up that right. */
const GIVING_UP_RIGHTS =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : ['env'];

/** Tries something while folder and file are closed. @returns the error, or nothing in it */
async function tryWithoutRights(
  attempt: string,
  { file, folder }: { readonly file: string; readonly folder: string },
  mode = 0o444,
): Promise<{ code: string; message: string; hint: string }> {
  await chmod(file, mode);
  await chmod(folder, 0o555);
  try {
    const script = `const { ensureHostNames, removeHostNames } = await import('${source}');
      await ${attempt}.then(() => console.log('{}'), ({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })))`;
    const [program, ...args] = [...GIVING_UP_RIGHTS, process.execPath, '-e', script];
    return JSON.parse((await runner.run({ program, args })).stdout);
  } finally {
    await chmod(folder, 0o755);
    await chmod(file, 0o644);
  }
}

/** Runs what a hint says; no sudo is needed here. */
async function runHint(hint: string): Promise<void> {
  await runner.run({ program: 'sh', args: ['-c', hint.replace(/^Run: /, '').replaceAll('sudo ', '')] });
}
