/** Routes: rules as written, and the names on both sides of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRepositoryName } from '../../../src/oci/repository.ts';
import {
  DIRECT,
  NAMED_REPOSITORIES,
  type RouteRule,
  createRouteTable,
  parseRouteRule,
} from '../../../src/registry/http/route.ts';

function rule(text: string): RouteRule {
  const found = parseRouteRule(text);
  if (found === undefined) throw new TypeError(text);
  return found;
}

const component = fc.constantFrom('a', 'b', 'gitea', 'x-y', '{name}');
const path = fc.array(component, { minLength: 1, maxLength: 3 });
const rules: fc.Arbitrary<RouteRule> = fc.record({
  host: fc.constantFrom(undefined, 'one.test', 'two.test:8443'),
  path,
  repository: fc.array(component, { maxLength: 2 }),
  inNames: fc.boolean(),
});

describe('parseRouteRule', () => {
  it('reads what is printed', () => {
    fc.assert(
      fc.property(rules, (value) => {
        const text = `${value.host ?? ''}/${value.path.join('/')}=${value.repository.join('/')}`;
        expect(parseRouteRule(text)).toEqual({ ...value, inNames: true });
      }),
    );
  });

  it.each([
    [
      'cnoe.localtest.me:8443/gitea=',
      { host: 'cnoe.localtest.me:8443', path: ['gitea'], repository: [], inNames: true },
    ],
    ['HOST/a/b/=c/d/', { host: 'host', path: ['a', 'b'], repository: ['c', 'd'], inNames: true }],
    [
      '/team/{name}=mirrors/{name}',
      { host: undefined, path: ['team', '{name}'], repository: ['mirrors', '{name}'], inNames: true },
    ],
  ])('reads %s', (text, value) => {
    expect(parseRouteRule(text)).toEqual(value);
  });

  it.each([
    '',
    '/',
    '=',
    '/=',
    'host=',
    'a/b',
    '/A=',
    '/a=B',
    '/..=',
    '/a=..',
    '/a b=',
    '/{other}=',
    '/a=%2f',
    '/{name}x=',
  ])('refuses %j', (text) => {
    expect(parseRouteRule(text)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('/', '=', 'a', '{name}', '.', ':') })),
        (text) => {
          const value = parseRouteRule(text);
          if (value !== undefined) expect(value.path.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('the table of routes', () => {
  it('has paths of the API, whatever the rules, and leads nowhere else without one', () => {
    const table = createRouteTable([]);
    expect(table.find('any', '/v2/a/manifests/x')).toEqual({ route: DIRECT, path: '/v2/a/manifests/x' });
    expect(table.find('any', '/v2')).toEqual({ route: DIRECT, path: '/v2' });
    for (const other of ['/', '', '/v2x', '/a/v2/', '//v2/', 'v2/']) expect(table.find('any', other)).toBeUndefined();
  });

  it('takes the prefix off and puts the repository before the name', () => {
    const table = createRouteTable([rule('/gitea=mirror'), NAMED_REPOSITORIES]);
    const below = table.find('any', '/gitea/v2/a/manifests/x');
    expect([below?.path, below?.route.inside('a/b'), below?.route.prefix]).toEqual([
      '/v2/a/manifests/x',
      'mirror/a/b',
      'mirror/',
    ]);
    const named = table.find('any', '/repositories/oci/docker/v2/');
    expect([named?.path, named?.route.inside('x'), named?.route.inside('X')]).toEqual(['/v2/', 'docker/x', undefined]);
    for (const other of [
      '/repositories/oci/v2/',
      '/repositories/oci/a/b/v2/',
      '/repositories/oci/A/v2/',
      '/repositories/oci/../v2/',
      '/repositories/oci/%61/v2/',
    ]) {
      expect(table.find('any', other)).toBeUndefined();
    }
  });

  it('knows hosts without regard to case, and the first rule that fits', () => {
    const table = createRouteTable([rule('one.test/a=first'), rule('/a=second'), rule('/a=third')]);
    const inside = (host: string) => table.find(host, '/v2/')?.route.inside('a/x');
    expect([inside('ONE.test'), inside('one.test:80'), inside('two.test')]).toEqual([
      'first/x',
      'second/x',
      'second/x',
    ]);
    expect(table.find('one.test', '/a/v2/')?.route.prefix).toBe('first/');
  });

  it('never maps a name to what is none, and maps names back', () => {
    const name = fc
      .array(fc.constantFrom('a', 'b', 'gitea', 'x-y', 'z', 'A', ''), { maxLength: 4 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(
        fc.array(rules, { maxLength: 3 }),
        name,
        fc.constantFrom('one.test', 'two.test:8443', 'three'),
        path,
        (all, written, host, below) => {
          const table = createRouteTable(all);
          for (const start of ['/v2/', `/${below.join('/')}/v2/`]) {
            const found = table.find(host, start);
            const repository = found?.route.inside(written);
            if (found === undefined || repository === undefined) continue;
            expect(parseRepositoryName(repository)).toBe(repository);
            if (found.route.prefix !== '') expect(found.route.outside(repository)).toBe(written);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('shows nothing of what lies beside a route', () => {
    const route = createRouteTable([rule('/a=docker')]).find('any', '/a/v2/')?.route;
    expect(
      ['docker/x', 'docker', 'dockerx/x', 'other/x'].map((repository) =>
        route?.outside(parseRepositoryName(repository) ?? ('' as never)),
      ),
    ).toEqual(['x', undefined, undefined, undefined]);
  });

  it('limits the whole name, not the part that is written', () => {
    const route = createRouteTable([rule('/a=docker')]).find('any', '/a/v2/')?.route;
    expect(route?.inside('x'.repeat(248))).toHaveLength(255);
    expect(route?.inside('x'.repeat(249))).toBeUndefined();
  });
});
