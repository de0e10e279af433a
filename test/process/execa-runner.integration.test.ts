import { readFileSync } from 'node:fs';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../src/process/execa-runner.ts';
import { systemCodeOf } from '../../src/errors.ts';
import type { Command } from '../../src/process/runner.ts';
import { runnerContract } from '../support/contracts/runner-contract.ts';

const PATH = dirname(process.execPath);
const runner = createRunner({ PATH, KEPT: 'kept', REMOVED: 'removed' });

/** A program of one line. */
const node = (script: string): Command => ({ program: 'node', args: ['-e', script] });

const STAYS = 'setInterval(() => {}, 1e6); console.log(process.pid)';

/** Ignores being asked, and has a child that does, too; says the numbers of both. */
const STUBBORN = `process.on('SIGTERM', () => {});
  const child = require('child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); console.log(process.pid)"]);
  child.stdout.on('data', (pid) => console.log(process.pid + ' ' + pid));
  setInterval(() => {}, 1e6);`;

describe('a runner of real programs', () => {
  runnerContract(() => ({
    runner,
    prints: node("process.stdout.write('one\\ntwo'); console.error('said\\nmore')"),
    fails: node("process.stdout.write('half'); console.error('sorry'); process.exitCode = 3"),
    echoes: node('process.stdin.pipe(process.stdout)'),
    stays: node("setInterval(() => {}, 1e6); process.stdout.write('here')"),
    absent: { program: 'devreg-no-such-program', args: [] },
  }));
});

describe('what a program is given', () => {
  it('is the variables of the runner, with those of the command', async () => {
    const { stdout } = await runner.run({
      ...node('console.log(JSON.stringify(process.env))'),
      env: { NEW: 'new', REMOVED: undefined },
    });
    const { PATH: path, KEPT, NEW, REMOVED, HOME } = JSON.parse(stdout);
    expect({ path, KEPT, NEW, REMOVED, HOME }).toEqual({ path: PATH, KEPT: 'kept', NEW: 'new' });
  });

  it('is arguments no shell has seen', async () => {
    const args = ['-p', 'JSON.stringify(process.argv.slice(1))', '--', '$HOME `id` "', "'; exit 1", '*'];
    expect(JSON.parse((await runner.run({ program: 'node', args })).stdout)).toEqual(args.slice(3));
  });

  it('may be more than it wants to read', async () => {
    let given = 0;
    const endless = new Readable({
      read() {
        given += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    const { stdout } = await runner.run({
      ...node("process.stdin.once('data', () => { console.log('enough'); process.exit(); })"),
      input: endless,
    });
    expect(stdout).toBe('enough\n');
    await expect.poll(() => endless.destroyed, { timeout: 10_000 }).toBe(true);
    expect(given).toBeLessThan(4_000_000);
  });

  it('is let go of when nobody reads it', async () => {
    const silent = new Readable({ read() {} });
    expect(await runner.run({ ...node("console.log('well')"), input: silent })).toMatchObject({ stdout: 'well\n' });
    expect(silent.destroyed).toBe(true);
  });

  it('fails when it stops before its end', async () => {
    const cutOff = Readable.from(['half'], { autoDestroy: false });
    const running = runner.run({ ...node(`${STAYS}; process.stdin.resume()`), input: cutOff });
    cutOff.destroy();
    await expect(running).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  });
});

describe('what a program writes', () => {
  it('is not kept without bound', async () => {
    const endless = node(
      "const more = () => { while (process.stdout.write('x'.repeat(65536))); process.stdout.once('drain', more); }; more()",
    );
    await expect(runner.run(endless)).rejects.toMatchObject({ failure: { kind: 'too-much-output' } });
  });

  it('to standard error is kept from its end', async () => {
    const { stderr } = await runner.run(node("for (let i = 0; i < 100000; i++) console.error('line ' + i)"));
    expect(stderr.length).toBe(65_536);
    expect(stderr.endsWith('line 99999\n')).toBe(true);
  });

  it('is streamed as slowly as it is read', async () => {
    const running = runner.start(node("for (let i = 0; i < 64; i++) process.stdout.write(Buffer.alloc(1 << 20, 'x'))"));
    let size = 0;
    for await (const chunk of running.stdout) size += (chunk as Buffer).length;
    expect(size).toBe(64 << 20);
    await running.done;
  });
});

describe('the end of a program', () => {
  it('is its own group’s, without being asked by a terminal', async () => {
    const { stdout } = await runner.run(
      node(
        "console.log(require('fs').readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[2] + ' ' + process.pid)",
      ),
    );
    const [group, pid] = stdout.trim().split(' ');
    expect(group).toBe(pid);
  });

  it('comes by a signal of somebody else', async () => {
    await expect(runner.run(node("process.kill(process.pid, 'SIGINT')"))).rejects.toMatchObject({
      failure: { kind: 'killed', signal: 'SIGINT' },
    });
  });

  it('is forced when it does not come, with all that was started', async () => {
    const abort = new AbortController();
    const running = runner.start({ ...node(STUBBORN), signal: abort.signal });
    const [said] = (await once(running.stdout, 'data')) as [Buffer];
    const pids = said.toString().trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    abort.abort(new Error('^C'));
    await expect(running.done).rejects.toThrow('^C');
    for (const pid of pids) await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('comes in an orderly way when nobody reads what it wrote', async () => {
    const abort = new AbortController();
    const lines: string[] = [];
    const script = `process.on('SIGTERM', () => { console.error('bye'); process.exit(); });
      process.stdout.write(Buffer.alloc(1 << 24)); setInterval(() => {}, 1e6)`;
    const onErrorLine = (line: string) => lines.push(line);
    const running = runner.start({ ...node(script), signal: abort.signal, onErrorLine });
    await once(running.stdout, 'readable');
    abort.abort(new Error('^C'));
    await expect(running.done).rejects.toThrow('^C');
    expect(lines).toEqual(['bye']);
  });

  it('comes with ours', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-runner-'));
    const script = join(folder.path, 'parent.ts');
    await writeFile(
      script,
      `import { createRunner } from ${JSON.stringify(join(import.meta.dirname, '../../src/process/execa-runner.ts'))};
       createRunner(process.env).start({ program: 'node', args: ['-e', ${JSON.stringify(STAYS)}] }).stdout.once('data', (pid) => {
         process.stdout.write(pid, () => process.exit());
       });`,
    );
    const { stdout } = await runner.run({ program: 'node', args: [script] });
    await expect.poll(() => isAlive(Number(stdout))).toBe(false);
  });
});

describe('finding a program', () => {
  it('takes neither folders nor files that may not be run', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-path-'));
    await writeFile(join(folder.path, 'tool'), '', { mode: 0o644 });
    const narrow = createRunner({ PATH: `${folder.path}:${PATH}` });
    expect(await narrow.find('tool')).toBeUndefined();
    expect(await createRunner({ PATH: tmpdir() }).find(folder.path.slice(tmpdir().length + 1))).toBeUndefined();
    expect(await narrow.find('node')).toBe(join(PATH, 'node'));
    expect(await narrow.find(process.execPath)).toBe(process.execPath);
    expect(await createRunner({}).find('node')).toBeUndefined();
  });
});

/** One that has ended counts as such even where nobody has collected it yet. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return process.platform !== 'linux' && systemCodeOf(error) !== 'ESRCH';
  }
}
