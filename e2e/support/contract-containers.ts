/** Holds an engine to the contract of engines, with containers that its own program has made. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { detectEngine } from '../../src/engine/detect-engine.ts';
import type { ContainerEngine } from '../../src/engine/engine.ts';
import { createRunner } from '../../src/process/execa-runner.ts';
import { engineContract } from '../../test/support/contracts/engine-contract.ts';
import { SMALL, WITH_SHELL } from './image-names.ts';

/** What further tests of the engine work with. */
export interface HeldEngine {
  /** Once tests run. */
  readonly engine: ContainerEngine;
  /** The container that runs. */
  readonly running: string;
  /** Runs the engine's program. @throws when it fails */
  readonly call: (...args: readonly string[]) => string;
}

/** @param flags of the containers, beside those that the contract asks for */
export function holdToContract(program: 'docker' | 'podman', flags: readonly string[]): HeldEngine {
  const call = (...args: readonly string[]) => execFileSync(program, args, { encoding: 'utf8' }).trim();
  const mark = `devreg-test-${randomBytes(6).toString('hex')}`;
  const [running, stopped] = [`${mark}-1`, `${mark}-2`];
  const labels = ['--label', `devreg.test=${mark}`, '--label', 'devreg.odd=a=b,c'];
  const container = [...labels, '--publish', '127.0.0.1::80', ...flags, '--entrypoint', '/bin/sh', WITH_SHELL];
  let engine: ContainerEngine;

  beforeAll(async () => {
    engine = await detectEngine(createRunner(process.env), program);
    call('run', '--detach', '--name', running, ...container, '-c', 'exec sleep 1000000');
    call('create', '--name', stopped, ...container, '-c', 'exit');
  });

  afterAll(() => call('rm', '--force', '--volumes', running, stopped));

  engineContract(() => ({
    engine,
    mark,
    running,
    stopped,
    image: SMALL,
    echoes: ['cat'],
    fails: ['sh', '-c', 'echo no way >&2; exit 3'],
    stays: ['sleep', '1000000'],
  }));

  return {
    get engine() {
      return engine;
    },
    running,
    call,
  };
}
