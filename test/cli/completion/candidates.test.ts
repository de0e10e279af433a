/** What can come next on a command line. */
import { Argument, Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { findCandidates } from '../../../src/cli/completion/candidates.ts';

function makeProgram(): Command {
  const program = new Command('devreg').option('--color <when>', 'colour: auto, always or never (default: auto)');
  program
    .command('create')
    .summary('make')
    .option('--name <name>', 'name (default: devreg)')
    .option('--profile <profile>', 'host, ports and more: idpbuilder, raibid or plain')
    .option('--dev-password', 'a switch, or not')
    .option('--san <name...>', 'more names')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .option('--data-dir <folder>', 'a folder')
    .option('--kind-config <source>', 'a file');
  const get = program.command('get').summary('show');
  get
    .command('secrets')
    .alias('secret')
    .summary('all')
    .option('-o, --output <format>', 'table or jsonpath=… (default: table)');
  program.command('logs').addArgument(new Argument('[source]').choices(['registry', 'ingress']));
  program.command('scan').argument('<files...>');
  program.command('hidden', { hidden: true });
  return program;
}

const find = (...typed: string[]) => findCandidates(makeProgram(), typed, { names: ['dev', 'ci-1'] });
const wordsOf = (...typed: string[]) => find(...typed).words.map(({ word }) => word);

describe('what can come next', () => {
  it.each([
    [['cr'], ['create']],
    [['get', ''], ['secrets']],
    [
      ['get', 'secret', '-o', ''],
      ['table', 'jsonpath='],
    ],
    [['create', '--output', 'j'], ['json']],
    [
      ['create', '-o', ''],
      ['text', 'json', 'yaml'],
    ],
    [
      ['create', '--profile', ''],
      ['idpbuilder', 'raibid', 'plain'],
    ],
    [['create', '--profile=p'], ['--profile=plain']],
    [['create', '--profile', '=', 'p'], ['plain']],
    [
      ['create', '--profile', '='],
      ['idpbuilder', 'raibid', 'plain'],
    ],
    [['create', '--profile', '=', 'plain', '--dev'], ['--dev-password']],
    [
      ['create', '--name', ''],
      ['dev', 'ci-1'],
    ],
    [['create', '--name=c'], ['--name=ci-1']],
    [['create', '--dev-password', '--pro'], ['--profile']],
    [
      ['create', '--color', 'a'],
      ['auto', 'always'],
    ],
    [['--color', 'always', 'lo'], ['logs']],
    [
      ['logs', ''],
      ['registry', 'ingress'],
    ],
    [['logs', 'registry', ''], []],
    [['create', '--none=x'], []],
    [['nothing', 'x', ''], []],
  ])('after %j is %j', (typed, expected) => {
    expect(wordsOf(...typed)).toEqual(expected);
  });

  it('is an option that is not there yet, unless it may be repeated', () => {
    const offered = wordsOf('create', '--name', 'a', '--san', 'b', '--');
    expect(offered).not.toContain('--name');
    expect(offered).toEqual(expect.arrayContaining(['--san', '--color', '--help']));
    expect(new Set(offered).size).toBe(offered.length);
  });

  it('is a path where the shell knows better', () => {
    expect(find('create', '--data-dir', '')).toEqual({ words: [], paths: 'dirs' });
    expect(find('create', '--kind-config', 'x')).toEqual({ words: [], paths: 'files' });
    expect(find('scan', '').paths).toBe('files');
  });

  it('says what it means', () => {
    expect(find('create', '--pro').words).toEqual([
      { word: '--profile', meaning: 'host, ports and more: idpbuilder, raibid or plain' },
    ]);
  });

  it('is no command that is hidden', () => {
    expect(wordsOf('')).toEqual(['create', 'get', 'logs', 'scan', 'help']);
  });
});
