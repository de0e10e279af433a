/** The one thing that devreg changes in a user's kubeconfig. */
import { describe, expect, it } from 'vitest';
import { contextsOf, currentContextOf, withCurrentContext } from '../../src/config/kubeconfig-text.ts';

const TEXT = `# mine
apiVersion: v1
kind: Config
clusters: [{name: one, cluster: {server: "https://192.0.2.1"}}]
contexts:
  - name: one
    context: {cluster: one, user: one}
  - {name: two, context: {cluster: two, user: two}}
current-context: one
users: []
`;

describe('contexts', () => {
  it('are read with the one that is current', () => {
    expect(contextsOf(TEXT)).toEqual(['one', 'two']);
    expect(currentContextOf(TEXT)).toBe('one');
  });

  it.each(['', 'current-context: ""', '[1]', 'just a text', 'contexts: 3', '{"kind": "Config"}'])(
    'are none in %j',
    (text) => {
      expect([contextsOf(text), currentContextOf(text)]).toEqual([[], undefined]);
    },
  );
});

it('changes the current context and nothing else, comments included', () => {
  const changed = withCurrentContext(TEXT, 'two');
  expect(currentContextOf(changed)).toBe('two');
  expect(changed.split('\n').filter((line) => !TEXT.includes(line))).toEqual(['current-context: two']);
  expect(changed).toContain('# mine');
});

it('names one where none was current', () => {
  const without = TEXT.replace('current-context: one\n', '');
  expect(currentContextOf(withCurrentContext(without, 'two'))).toBe('two');
});
