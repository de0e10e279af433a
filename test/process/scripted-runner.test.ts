import { describe, expect, it } from 'vitest';
import { runnerContract } from '../support/contracts/runner-contract.ts';
import { createScriptedRunner } from '../support/fakes/scripted-runner.ts';

describe('a scripted runner', () => {
  runnerContract(() => ({
    runner: createScriptedRunner([
      { argv: 'tool print', stdout: 'one\ntwo', stderr: 'said\nmore\n' },
      { argv: 'tool fail', stdout: 'half', stderr: 'sorry', exitCode: 3 },
      { argv: /^tool echo$/, stdout: (input) => input },
      { argv: 'tool stay', stdout: 'here', hangs: true },
    ]),
    prints: { program: 'tool', args: ['print'] },
    fails: { program: 'tool', args: ['fail'] },
    echoes: { program: 'tool', args: ['echo'] },
    stays: { program: 'tool', args: ['stay'] },
    absent: { program: 'other', args: [] },
  }));

  it('plays the lines of one command in their order, and the last one again', async () => {
    const runner = createScriptedRunner([
      { argv: 'tool', stdout: '1' },
      { argv: 'tool', stdout: '2' },
    ]);
    const outputs = [];
    for (let count = 0; count < 3; count++) outputs.push((await runner.run({ program: 'tool', args: [] })).stdout);
    expect(outputs).toEqual(['1', '2', '2']);
  });

  it('remembers what was asked for, and refuses what the script does not know', async () => {
    const runner = createScriptedRunner([{ argv: 'tool read -' }]);
    await runner.run({ program: 'tool', args: ['read', '-'], input: 'text', env: { A: '1' } });
    expect(runner.calls).toEqual([{ argv: 'tool read -', input: 'text', env: { A: '1' } }]);
    await expect(runner.run({ program: 'tool', args: ['write'] })).rejects.toThrow('no line for: tool write');
  });
});
