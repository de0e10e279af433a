/** What every runner does, run against each of them. */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { Command, Runner } from '../../../src/process/runner.ts';

/** A runner, and commands that do what their names say. */
export interface RunnerUnderTest {
  readonly runner: Runner;
  /** Writes `one`, a line break and `two` to standard output, and `said` and `more` as lines to standard error. */
  readonly prints: Command;
  /** Writes `half` to standard output and `sorry` to standard error, then ends with 3. */
  readonly fails: Command;
  /** Writes back what it reads. */
  readonly echoes: Command;
  /** Writes `here` to standard output, then stays. */
  readonly stays: Command;
  readonly absent: Command;
}

/** The facts of a runner. */
export function runnerContract(open: () => RunnerUnderTest): void {
  runFacts(open);
  startFacts(open);

  it('finds what is there, and nothing else', async () => {
    const { runner, prints, absent } = open();
    expect(await runner.find(prints.program)).toContain(prints.program);
    expect(await runner.find(absent.program)).toBeUndefined();
  });
}

function runFacts(open: () => RunnerUnderTest): void {
  it('runs a program and keeps what it wrote, as it wrote it', async () => {
    const { runner, prints } = open();
    expect(await runner.run(prints)).toEqual({ stdout: 'one\ntwo', stderr: 'said\nmore\n' });
  });

  it('passes standard error on, line by line', async () => {
    const { runner, prints } = open();
    const lines: string[] = [];
    await runner.run({ ...prints, onErrorLine: (line) => lines.push(line) });
    expect(lines).toEqual(['said', 'more']);
  });

  it.each(['text: ü', new TextEncoder().encode('bytes'), () => Readable.from(['a ', Buffer.from('stream')])])(
    'gives a program %s to read',
    async (input) => {
      const { runner, echoes } = open();
      const given = typeof input === 'function' ? input() : input;
      const { stdout } = await runner.run({ ...echoes, input: given });
      expect(stdout).toBe(typeof input === 'function' ? 'a stream' : Buffer.from(input).toString());
    },
  );

  it('fails with what the input fails with', async () => {
    const { runner, echoes } = open();
    const broken = new Error('the disk is gone');
    const input = Readable.from(
      (function* fail() {
        yield 'half';
        throw broken;
      })(),
    );
    await expect(runner.run({ ...echoes, input })).rejects.toBe(broken);
  });

  it('tells how a program failed, and what it said', async () => {
    const { runner, fails } = open();
    await expect(runner.run(fails)).rejects.toMatchObject({
      name: 'CommandFailedError',
      command: [fails.program, ...fails.args].join(' '),
      failure: { kind: 'exited', exitCode: 3 },
      stdout: 'half',
      stderr: expect.stringMatching(/^sorry\s*$/),
    });
  });

  it('tells of a program that is not there', async () => {
    const { runner, absent } = open();
    await expect(runner.run(absent)).rejects.toMatchObject({ failure: { kind: 'absent' } });
    await expect(runner.run({ ...absent, input: Readable.from(['x']) })).rejects.toMatchObject({
      failure: { kind: 'absent' },
    });
  });

  it('ends a program that takes too long', async () => {
    const { runner, stays } = open();
    await expect(runner.run({ ...stays, timeout: 10 })).rejects.toMatchObject({ failure: { kind: 'timeout' } });
  });

  it('ends a program when the signal aborts, and runs others after it', async () => {
    const { runner, stays, prints } = open();
    const reason = new Error('^C');
    const abort = new AbortController();
    const running = runner.run({ ...stays, signal: abort.signal });
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(runner.run({ ...prints, signal: abort.signal })).rejects.toBe(reason);
    expect(await runner.run({ ...prints, signal: new AbortController().signal })).toMatchObject({ stdout: 'one\ntwo' });
  });
}

function startFacts(open: () => RunnerUnderTest): void {
  it('starts a program whose output is read while it runs', async () => {
    const { runner, prints } = open();
    const running = runner.start(prints);
    expect(await text(running.stdout)).toBe('one\ntwo');
    expect(await running.done).toEqual({ stdout: '', stderr: 'said\nmore\n' });
  });

  it('never lets half an output pass for a whole one', async () => {
    const { runner, fails, absent } = open();
    for (const [command, failure] of [
      [fails, { kind: 'exited', exitCode: 3 }],
      [absent, { kind: 'absent' }],
    ] as const) {
      const running = runner.start(command);
      await expect(text(running.stdout)).rejects.toMatchObject({ failure });
      await expect(running.done).rejects.toMatchObject({ failure, stdout: '' });
    }
  });

  it('ends a started program when the signal aborts', async () => {
    const { runner, stays } = open();
    const reason = new Error('^C');
    const abort = new AbortController();
    const running = runner.start({ ...stays, signal: abort.signal });
    abort.abort(reason);
    await expect(text(running.stdout)).rejects.toBe(reason);
    await expect(running.done).rejects.toBe(reason);
    const late = runner.start({ ...stays, signal: abort.signal });
    await expect(text(late.stdout)).rejects.toBe(reason);
    await expect(late.done).rejects.toBe(reason);
  });

  it.each([
    ['it is stopped', ({ stop }: ReturnType<Runner['start']>) => stop()],
    ['its output is not wanted any more', ({ stdout }: ReturnType<Runner['start']>) => stdout.destroy()],
  ])('ends a started program when %s', async (_, end) => {
    const { runner, stays } = open();
    const running = runner.start(stays);
    end(running);
    await expect(running.done).rejects.toMatchObject({ failure: { kind: 'killed', signal: 'SIGTERM' } });
  });
}
