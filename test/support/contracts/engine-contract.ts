/** What every container engine does, run against each of them. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { ContainerEngine } from '../../../src/engine/engine.ts';
import { findPortPublisher } from '../../../src/engine/port-publisher.ts';

/** An engine with two containers and an image. */
export interface EngineUnderTest {
  readonly engine: ContainerEngine;
  /** The value of the label `devreg.test` of both containers, nobody else's. */
  readonly mark: string;
  /** Runs; the label `devreg.odd` is `a=b,c`; TCP port 80 is published on 127.0.0.1. */
  readonly running: string;
  /** Was made and never ran. */
  readonly stopped: string;
  readonly image: string;
  /** Writes back what it reads. */
  readonly echoes: readonly string[];
  /** Says `no way` on standard error and ends with 3. */
  readonly fails: readonly string[];
  readonly stays: readonly string[];
}

/** The facts of an engine. */
export function engineContract(get: () => EngineUnderTest): void {
  containerFacts(get);
  powerFacts(get);
  execFacts(get);
  imageFacts(get);
}

function containerFacts(get: () => EngineUnderTest): void {
  it('lists the containers with a label, running or not, and what is known of them', async () => {
    const { engine, mark, running, stopped } = get();
    const containers = await engine.listContainers(`devreg.test=${mark}`);
    expect(containers.map(({ name }) => name).toSorted()).toEqual([running, stopped].toSorted());
    const [one, other] = [running, stopped].map((name) => containers.find((container) => container.name === name));
    expect(one).toEqual({
      name: running,
      isRunning: true,
      labels: expect.objectContaining({ 'devreg.test': mark, 'devreg.odd': 'a=b,c' }),
      ports: [{ host: '127.0.0.1', hostPort: expect.any(Number), containerPort: 80 }],
    });
    expect(other).toMatchObject({ isRunning: false, ports: [] });
  });

  it('lists by the name of a label, by none at all, and what nobody has', async () => {
    const { engine, mark, running, stopped } = get();
    for (const label of ['devreg.test', undefined]) {
      const names = (await engine.listContainers(label)).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining([running, stopped]));
    }
    expect(await engine.listContainers(`devreg.test=${mark}x`)).toEqual([]);
  });

  it('tells whose a port is', async () => {
    const { engine, mark, running } = get();
    const listed = await engine.listContainers(`devreg.test=${mark}`);
    const port = listed.flatMap(({ ports }) => ports)[0]?.hostPort ?? Number.NaN;
    expect((await findPortPublisher(engine, port))?.name).toBe(running);
    expect(await findPortPublisher(engine, 0)).toBeUndefined();
  });
}

function powerFacts(get: () => EngineUnderTest): void {
  it('stops and starts containers, each as often as it is told', async () => {
    const { engine, mark, running } = get();
    const isRunning = async () =>
      (await engine.listContainers(`devreg.test=${mark}`)).find(({ name }) => name === running)?.isRunning;
    await engine.stop([running], 1);
    expect(await isRunning()).toBe(false);
    await engine.stop([running], 1);
    await engine.start([running]);
    expect(await isRunning()).toBe(true);
    await engine.start([running]);
    await engine.start([]);
    await engine.stop([], 1);
    expect(await isRunning()).toBe(true);
  });

  it('tells of a container that it does not have', async () => {
    const { engine } = get();
    const failed = { code: 'ENGINE_FAILED' };
    await expect(engine.start(['devreg-no-such'])).rejects.toMatchObject(failed);
    await expect(engine.stop(['devreg-no-such'], 1)).rejects.toMatchObject(failed);
  });
}

function execFacts(get: () => EngineUnderTest): void {
  it('runs a command in a container, with what it reads', async () => {
    const { engine, running, echoes } = get();
    expect(await engine.exec({ container: running, command: echoes, input: 'text\n' })).toBe('text\n');
    const input = Readable.from([Buffer.from('a '), Buffer.from('stream')]);
    expect(await engine.exec({ container: running, command: echoes, input })).toBe('a stream');
    expect(await engine.exec({ container: running, command: echoes })).toBe('');
  });

  it('tells what a command said that failed', async () => {
    const { engine, running, fails } = get();
    await expect(engine.exec({ container: running, command: fails })).rejects.toMatchObject({
      code: 'EXEC_FAILED',
      message: expect.stringContaining('no way'),
    });
  });

  it.each(['stopped', 'absent'])('tells of a container that is %s', async (which) => {
    const { engine, stopped, echoes } = get();
    const container = which === 'stopped' ? stopped : 'devreg-no-such-container';
    await expect(engine.exec({ container, command: echoes })).rejects.toMatchObject({ code: 'EXEC_FAILED' });
  });

  it('stops waiting for a command when the signal aborts', async () => {
    const { engine, running, stays } = get();
    const abort = new AbortController();
    const reason = new Error('^C');
    const execution = engine.exec({ container: running, command: stays, signal: abort.signal });
    abort.abort(reason);
    await expect(execution).rejects.toBe(reason);
  });

  it('fails with what the input fails with', async () => {
    const { engine, running, echoes } = get();
    const broken = new Error('the disk is gone');
    const execution = engine.exec({ container: running, command: echoes, input: failing(broken) });
    await expect(execution).rejects.toBe(broken);
  });
}

function imageFacts(get: () => EngineUnderTest): void {
  it('finds the images that are there', async () => {
    const { engine, image } = get();
    expect(await engine.findImage(image)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await engine.findImage('devreg.test/no-such-image:1')).toBeUndefined();
    expect(await engine.findImage('--help')).toBeUndefined();
  });

  it('loads what it has saved', async () => {
    const { engine, image } = get();
    const before = await engine.findImage(image);
    await engine.loadImage(engine.saveImage(image));
    expect(await engine.findImage(image)).toBe(before);
  });

  it('does not end the archive of an image that is not there', async () => {
    const { engine } = get();
    await expect(buffer(engine.saveImage('devreg.test/no-such-image:1'))).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
    });
  });

  it('refuses what is no archive', async () => {
    const { engine } = get();
    await expect(engine.loadImage(Readable.from([Buffer.from('no archive')]))).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
    });
  });

  it('fails with what an archive fails with', async () => {
    const { engine } = get();
    const broken = new Error('the disk is gone');
    await expect(engine.loadImage(failing(broken))).rejects.toBe(broken);
  });

  it('neither saves nor loads once the signal has aborted', async () => {
    const { engine, image } = get();
    const reason = new Error('^C');
    await expect(buffer(engine.saveImage(image, AbortSignal.abort(reason)))).rejects.toBe(reason);
    await expect(engine.loadImage(engine.saveImage(image), AbortSignal.abort(reason))).rejects.toBe(reason);
  });
}

function failing(error: Error): Readable {
  return Readable.from(
    (function* fail() {
      yield Buffer.from('half');
      throw error;
    })(),
  );
}
