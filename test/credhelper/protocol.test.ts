/** The helper's side of the protocol: actions, sentences and exit codes. */
import { describe, expect, it } from 'vitest';
import { type HeldLogin, type Keeper, answer } from '../../src/credhelper/protocol.ts';

interface Memory extends Keeper {
  readonly held: Map<string, HeldLogin>;
}

function makeKeeper(): Memory {
  const held = new Map<string, HeldLogin>([['localhost:5001', { user: 'giteaAdmin', secret: 'a "b"' }]]);
  return {
    held,
    get: (server) => held.get(server),
    store: async (server, login) => (held.set(server, login), server === 'ghcr.io' ? 'not here' : undefined),
    erase: async (server) => void held.delete(server),
    list: () => Object.fromEntries([...held].map(([server, { user }]) => [server, user])),
  };
}

const ask = (words: readonly string[], input = '', keeper = makeKeeper()) =>
  answer(words, () => input, keeper, '1.2.3');

describe('get', () => {
  it.each(['localhost:5001', ' localhost:5001\n'])('answers for %j', async (input) => {
    expect(await ask(['get'], input)).toEqual({
      text: '{"ServerURL":"localhost:5001","Username":"giteaAdmin","Secret":"a \\"b\\""}\n',
      exitCode: 0,
    });
  });

  it('has nothing in the words that clients know', async () => {
    expect(await ask(['get'], 'ghcr.io')).toEqual({ text: 'credentials not found in native keychain\n', exitCode: 1 });
    expect(await ask(['get'], ' \n')).toEqual({ text: 'no credentials server URL\n', exitCode: 1 });
  });
});

describe('store', () => {
  it('keeps', async () => {
    const keeper = makeKeeper();
    const input = '{"ServerURL":"b","Username":"u","Secret":"s"}';
    expect(await ask(['store'], input, keeper)).toEqual({ text: '', exitCode: 0 });
    expect(keeper.held.get('b')).toEqual({ user: 'u', secret: 's' });
  });

  it.each([
    ['{"Username":"u","Secret":"s"}', 'no credentials server URL'],
    ['{"ServerURL":" ","Username":"u","Secret":"s"}', 'no credentials server URL'],
    ['{"ServerURL":"b","Secret":"s"}', 'no credentials username'],
    ['not json', 'no credentials server URL'],
    ['null', 'no credentials server URL'],
    ['{"ServerURL":"ghcr.io","Username":"u","Secret":"s"}', 'not here'],
  ])('%s: %s', async (input, sentence) => {
    expect(await ask(['store'], input)).toEqual({ text: `${sentence}\n`, exitCode: 1 });
  });
});

it('erases, whether or not there is something', async () => {
  const keeper = makeKeeper();
  for (const _ of ['there', 'gone'])
    expect(await ask(['erase'], 'localhost:5001\n', keeper)).toEqual({ text: '', exitCode: 0 });
  expect(keeper.held.size).toBe(0);
  expect(await ask(['erase'])).toEqual({ text: 'no credentials server URL\n', exitCode: 1 });
});

it('lists users by registry', async () => {
  expect(await ask(['list'], 'unused')).toEqual({ text: '{"localhost:5001":"giteaAdmin"}\n', exitCode: 0 });
});

it.each(['version', '--version', '-v'])('%s', async (word) => {
  expect(await ask([word])).toEqual({ text: 'docker-credential-devreg (devreg) 1.2.3\n', exitCode: 0 });
});

const USAGE = 'Usage: docker-credential-devreg <store|get|erase|list|version>\n';

it.each([
  [[], USAGE, 1],
  [['get', 'more'], USAGE, 1],
  [['--help'], USAGE, 0],
  [['-h'], USAGE, 0],
  [['other'], 'docker-credential-devreg: unknown action: other\n', 1],
])('%j', async (words, text, exitCode) => {
  expect(await ask(words)).toEqual({ text, exitCode });
});
