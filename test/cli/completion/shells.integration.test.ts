/** Completion as the shells themselves do it, with their own keys where that can be had. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { RECORD } from '../../state/sample-record.ts';
import { remember } from '../support/engine.ts';
import { SCRIPT, type World, makeWorld } from '../support/world.ts';

const FOLDERS = (process.env['PATH'] ?? '').split(delimiter);
const isHere = (shell: string) => FOLDERS.some((folder) => existsSync(join(folder, shell)));

/** What each is asked to complete, and what it offers. */
const LINES: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['devreg creat', ['create']],
  ['devreg create --profile ', ['idpbuilder', 'raibid', 'plain']],
  ['devreg create --profile r', ['raibid']],
  ['devreg status --name d', ['devreg', 'dev-two']],
  ['devreg config s', ['schema']],
  ['devreg create --stor', ['--storage-size', '--storage-class']],
  ['devreg completion ', ['bash', 'zsh', 'fish']],
];

async function openShell(): Promise<{
  readonly world: World;
  readonly run: (program: string, ...args: string[]) => Promise<string>;
}> {
  const world = await makeWorld({ withAuthority: false });
  const process = { ...RECORD, process: undefined, madeFolder: undefined, trusted: [] };
  for (const name of ['devreg', 'dev-two']) await remember(world, { ...process, name });
  const bin = join(world.home, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'devreg'), `#!/bin/sh\nexec '${execPath}' '${SCRIPT}' "$@"\n`);
  await chmod(join(bin, 'devreg'), 0o755);
  const env = { PATH: [bin, ...FOLDERS].join(delimiter), HOME: world.home, TERM: 'dumb', LANG: 'C.UTF-8' };
  const start = promisify(execFile);
  const run = async (program: string, ...args: string[]) =>
    (await start(program, args, { env, cwd: world.home, timeout: 60_000 })).stdout;
  return { world, run };
}

const sorted = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();

describe.skipIf(!isHere('bash'))('bash', () => {
  it('offers what can come next', async () => {
    const { world, run } = await openShell();
    await using _world = world;
    for (const [line, offers] of LINES) expect(sorted(await run('bash', ...bash(line)))).toEqual(offers.toSorted());
  });

  it('takes an option and its value for three words, and offers the value', async () => {
    const { world, run } = await openShell();
    await using _world = world;
    expect(sorted(await run('bash', ...bash('devreg create --profile = p')))).toEqual(['plain']);
  });

  it('completes paths by itself', async () => {
    const { world, run } = await openShell();
    await using _world = world;
    await writeFile(join(world.home, 'kind.yaml'), '');
    // What it would do at the tab key; there is no other way to see it without a terminal.
    const script = 'compopt() { echo "compopt $*"; }; ';
    const [, code = ''] = bash('devreg create --kind-config ki');
    expect(await run('bash', '-c', script + code)).toContain('compopt -o default');
    const [, other = ''] = bash('devreg create --data-dir ');
    expect(await run('bash', '-c', script + other)).toContain('compopt -o dirnames');
  });
});

/** As readline calls it, one word each. */
function bash(line: string): string[] {
  const words = line.split(' ');
  const array = words.map((word) => `'${word}'`).join(' ');
  const code = `source <(devreg completion bash)
    COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}
    complete -p devreg > /dev/null; _devreg; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return ['-c', code];
}

describe.skipIf(!isHere('fish'))('fish', () => {
  it('offers what can come next, with its meaning', async () => {
    const { world, run } = await openShell();
    await using _world = world;
    const ask = (line: string) =>
      run('fish', '--no-config', '-c', `devreg completion fish | source; complete -C '${line}'`);
    for (const [line, offers] of LINES)
      expect(sorted(await ask(line)).map((one) => one.split('\t')[0])).toEqual(offers.toSorted());
    expect(await ask('devreg creat')).toBe('create\tmake a cluster with a registry\n');
    expect(sorted(await ask('devreg create --profile=r'))).toEqual(['--profile=raibid']);
    await writeFile(join(world.home, 'kind.yaml'), '');
    expect(await ask('devreg create --kind-config ki')).toContain('kind.yaml');
  });
});

describe.skipIf(!isHere('zsh'))('zsh', () => {
  it('completes at the tab key', async () => {
    const { world, run } = await openShell();
    await using _world = world;
    const typed = [
      ['devreg creat', 'devreg create'],
      ['devreg create --profile r', 'devreg create --profile raibid'],
      ['devreg status --name dev-', 'devreg status --name dev-two'],
      ['devreg create --profile=r', 'devreg create --profile=raibid'],
    ] as const;
    for (const [line, full] of typed) expect(await run('zsh', '-f', '-c', zsh(line))).toContain(`<${full}>`);
  });
});

/** A zsh in a terminal of its own that says what stands on its line after the key. */
function zsh(line: string): string {
  return `
    zmodload zsh/zpty
    zpty -b inner zsh -f -i
    zpty -w inner 'autoload -Uz compinit && compinit -u -D; source <(devreg completion zsh); PS1=; unsetopt beep'
    zpty -w inner 'show() { print -r -- "<\${BUFFER% }>"; BUFFER=; zle accept-line }; zle -N show; bindkey "^X" show'
    zpty -w inner 'print REA""DY'
    zpty -m -r inner said '*READY*'
    zpty -n -w inner $'${line}\\t'
    zpty -n -w inner $'\\x18'
    zpty -m -r inner said '*<devreg*>*'
    print -r -- "$said"
    zpty -d inner`;
}
