/** Scopes of the token protocol. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatScope, parseScope } from '../../src/oci/scope.ts';

describe('parseScope', () => {
  it.each([
    ['repository:a/b:pull', { type: 'repository', name: 'a/b', actions: ['pull'] }],
    ['repository:a:pull,push', { type: 'repository', name: 'a', actions: ['pull', 'push'] }],
    ['repository:a:pull,,pull,push', { type: 'repository', name: 'a', actions: ['pull', 'push'] }],
    ['repository:localhost:5000/a:pull', { type: 'repository', name: 'localhost:5000/a', actions: ['pull'] }],
    ['repository(plugin):a:pull', { type: 'repository', name: 'a', actions: ['pull'] }],
    ['registry:catalog:*', { type: 'registry', name: 'catalog', actions: ['*'] }],
    ['repository:a:', { type: 'repository', name: 'a', actions: [] }],
    ['', undefined],
    ['repository', undefined],
    ['repository:a', undefined],
    [':a:pull', undefined],
    ['repository::pull', undefined],
    ['::', undefined],
  ])('reads %j', (text, scope) => {
    expect(parseScope(text)).toEqual(scope);
  });

  it('reads what is written', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const scope = fc.record({
      type: word,
      name: fc.stringMatching(/^[a-z:/.]{1,20}$/),
      actions: fc.uniqueArray(fc.oneof(word, fc.constant('*'))),
    });
    fc.assert(
      fc.property(scope, (value) => {
        expect(parseScope(formatScope(value))).toEqual(value);
      }),
    );
  });

  it('never throws, and what it reads it reads again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(':', ',', 'a', '(', ')', '*') })), (text) => {
        const scope = parseScope(text);
        if (scope === undefined) return;
        expect(scope.name).not.toBe('');
        expect(new Set(scope.actions).size).toBe(scope.actions.length);
        if (scope.type !== '' && !scope.type.endsWith(')')) expect(parseScope(formatScope(scope))).toEqual(scope);
      }),
      { numRuns: 2_000 },
    );
  });
});
