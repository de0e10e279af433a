/** Who hears what: levels, colours, steps. */
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { NO_COLOURS, wantsColour } from '../../../src/cli/terminal/colours.ts';
import { openTerminal, peekOption } from '../../../src/cli/terminal/open-terminal.ts';
import { type LogLevel, type Terminal, createTerminal } from '../../../src/cli/terminal/terminal.ts';

function makeTerminal(
  level: LogLevel,
  isAnimated = false,
): { terminal: Terminal; heard: () => string; answered: () => string } {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const screen = { isTTY: true, columns: 80, cursorTo: () => true, clearLine: () => true };
  const stderr = Object.assign(new PassThrough(), isAnimated ? screen : {});
  const terminal = createTerminal({ stdin, stdout, stderr, colours: NO_COLOURS, level, isAnimated });
  const read = (stream: PassThrough) => String(stream.read() ?? '');
  return { terminal, heard: () => read(stderr), answered: () => read(stdout) };
}

describe('levels', () => {
  it.each([
    ['error', 'failed\n'],
    ['warn', 'warning: careful\nfailed\n'],
    ['info', 'by the way\nDoing …\nwarning: careful\nfailed\n'],
    ['debug', 'details\nby the way\nDoing …\nwarning: careful\nfailed\n'],
  ] as const)('%s', async (level, text) => {
    const { terminal, heard, answered } = makeTerminal(level);
    terminal.debug('details');
    terminal.note('by the way');
    expect(await terminal.step('Doing', async () => 42)).toBe(42);
    terminal.warn('careful');
    terminal.fail('failed');
    terminal.answer('answer');
    expect(heard()).toBe(text);
    expect(answered()).toBe('answer');
  });
});

it('shows names that would take over the terminal as they are written', async () => {
  const { terminal, heard } = makeTerminal('debug');
  terminal.note('a\u001b[2J\tb\nc');
  terminal.warn('\u0007');
  await terminal.step('\r', async () => {});
  expect(heard()).toBe('a\\u{1b}[2J\tb\nc\nwarning: \\u{7}\n\\u{d} …\n');
});

describe('a step that fails', () => {
  it.each([false, true])('is marked, and fails (animated: %s)', async (isAnimated) => {
    const { terminal, heard } = makeTerminal('info', isAnimated);
    await expect(terminal.step('Doing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(heard()).toMatch(/✗ Doing\n$/);
  });
});

it('turns while a step goes on, and marks its end', async () => {
  const { terminal, heard } = makeTerminal('info', true);
  await terminal.step('Doing', async () => {});
  expect(heard()).toMatch(/✓ Doing\n$/);
});

it('shows what goes on within a step where there is room for it', async () => {
  const { terminal, heard } = makeTerminal('info', true);
  const { promise, resolve } = Promise.withResolvers<void>();
  const step = terminal.step('Doing', () => promise);
  let text = '';
  // What turns is loaded while the work goes on.
  while (!text.includes('Doing: the first half')) {
    terminal.detail('the first half');
    await nextTurn();
    text += heard();
  }
  resolve();
  await step;
});

it('tells programs each thing in a line of JSON', async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const jsonClock = () => new Date(0);
  const terminal = createTerminal({
    stdin,
    stdout,
    stderr,
    colours: NO_COLOURS,
    level: 'info',
    isAnimated: true,
    jsonClock,
  });
  terminal.note('by the way');
  await terminal.step('Doing', async () => terminal.detail('the first half'));
  await expect(terminal.step('Failing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  terminal.warn('careful');
  const lines: unknown[] = String(stderr.read())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const time = '1970-01-01T00:00:00.000Z';
  expect(lines).toEqual([
    { time, event: 'note', text: 'by the way' },
    { time, event: 'step', state: 'started', title: 'Doing' },
    { time, event: 'detail', text: 'the first half' },
    { time, event: 'step', state: 'done', title: 'Doing', seconds: expect.any(Number) },
    { time, event: 'step', state: 'started', title: 'Failing' },
    { time, event: 'step', state: 'failed', title: 'Failing', seconds: expect.any(Number) },
    { time, event: 'warning', text: 'careful' },
  ]);
});

describe('colour', () => {
  it.each([
    ['auto', true, {}, true],
    ['auto', false, {}, false],
    ['auto', true, { NO_COLOR: '1' }, false],
    ['auto', true, { NO_COLOR: '' }, true],
    ['auto', true, { TERM: 'dumb' }, false],
    ['auto', false, { FORCE_COLOR: '1' }, true],
    ['auto', true, { FORCE_COLOR: '0' }, false],
    ['auto', true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['always', false, { NO_COLOR: '1' }, true],
    ['never', true, { FORCE_COLOR: '1' }, false],
  ] as const)('%s, terminal %s, %j: %s', (choice, isTTY, env, wanted) => {
    expect(wantsColour(choice, { isTTY }, env)).toBe(wanted);
  });
});

it.each([
  [['-l', 'debug'], 'debug'],
  [['create', '--log-level', 'warn'], 'warn'],
  [['--log-level=error', 'create'], 'error'],
  [['-ldebug'], 'debug'],
  [['-l', 'debug', '-l', 'warn'], 'warn'],
  [['--', '-l', 'debug'], undefined],
  [['-l'], undefined],
  [['--log-levels', 'x'], undefined],
])('finds the level in %j', (argv, level) => {
  expect(peekOption(argv, '--log-level', '-l')).toBe(level);
});

describe('what turns beside a step', () => {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  it.each([
    [{ isTTY: true, columns: 80 }, {}, true],
    [{ isTTY: true, columns: 0 }, {}, false],
    [{ isTTY: true }, {}, false],
    [{ isTTY: false, columns: 80 }, {}, false],
    [{ isTTY: true, columns: 80 }, { CI: 'true' }, false],
    [{ isTTY: true, columns: 80 }, { TERM: 'dumb' }, false],
  ])('on %j with %j: %s', async (facts, env, isAnimated) => {
    const stderr = Object.assign(new PassThrough(), facts, { cursorTo: () => true, clearLine: () => true });
    const { terminal } = await openTerminal({
      argv: ['--color', 'never'],
      env,
      stdin,
      stdout,
      stderr,
      now: () => new Date(),
    });
    await terminal.step('Doing', async () => {});
    expect(String(stderr.read()).includes('✓ Doing')).toBe(isAnimated);
  });
});
