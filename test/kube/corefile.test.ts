/** Names in CoreDNS's file: what the rules match, and that nothing else in the file changes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DnsRules, withNames, withoutNames } from '../../src/kube/corefile.ts';

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
    }
    forward . /etc/resolv.conf
}
`;
const RULES: DnsRules = {
  exact: [{ name: 'registry.localtest.me', target: 'registry.devreg.svc.cluster.local' }],
  below: [{ domain: 'localtest.me', target: 'traefik.devreg.svc.cluster.local' }],
};

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const rules: fc.Arbitrary<DnsRules> = fc.record({
  exact: fc.array(fc.record({ name, target: name }), { maxLength: 4 }),
  below: fc.array(fc.record({ domain: name, target: name }), { maxLength: 2 }),
});
/** What people write: comments, spaces, other servers, other line ends. */
const line = fc.oneof(
  fc.constantFrom(
    '',
    '# note {',
    '    import ../custom/*.conf',
    '\terrors',
    '    hosts {\n      10.0.0.1 a\n    }',
    '\r',
  ),
  fc.stringMatching(/^[\t -z|~]{0,40}$/).map((text) => `    log ${text.replaceAll(/[{}#\\]/g, '')}`),
);
const corefile = fc
  .tuple(
    fc.constantFrom('', '# written by hand\n', 'example.org:53 {\n    whoami\n}\n', '(snippet) {\n    errors\n}\n'),
    fc.constantFrom('.:53 {', '.:53 example.org {', '.  {', 'dns://.:53 {  # all of it', '.:53{'.replace('{', ' {')),
    fc.array(line, { maxLength: 8 }),
    fc.constantFrom('}', '}\n', '}\n\n# end'),
  )
  .map(([before, header, lines, after]) => `${before}${header}\n${lines.join('\n')}\n${after}`);

describe('withNames', () => {
  it('puts rewrites first in the block for all names', () => {
    expect(withNames(COREFILE, RULES)).toBe(
      COREFILE.replace(
        '.:53 {\n',
        `.:53 {
    # devreg: begin; what stands from here to the end mark is written by devreg
    rewrite name exact registry.localtest.me. registry.devreg.svc.cluster.local. answer auto
    rewrite name regex ^.+\\.localtest\\.me\\.$ traefik.devreg.svc.cluster.local. answer auto
    # devreg: end
`,
      ),
    );
  });

  it.each([
    ['app.localtest.me.', true],
    ['a.b.localtest.me.', true],
    ['localtest.me.', false],
    ['xlocaltest.me.', false],
    ['app.localtestxme.', false],
    ['app.localtest.me.default.svc.cluster.local.', false],
  ])('takes %s for a name below the domain: %s', (asked, isBelow) => {
    const pattern = /regex (\S+)/.exec(withNames(COREFILE, RULES))?.[1] ?? '';
    expect(new RegExp(pattern).test(asked)).toBe(isBelow);
  });

  it('changes nothing but the lines between its marks', () => {
    fc.assert(
      fc.property(corefile, rules, (text, some) => {
        expect(withoutNames(withNames(text, some))).toBe(text);
      }),
    );
  });

  it('takes the place of what it wrote before, and of nothing when that is the same', () => {
    fc.assert(
      fc.property(corefile, rules, rules, (text, before, after) => {
        const named = withNames(text, after);
        expect(withNames(withNames(text, before), after)).toBe(named);
        expect(withNames(named, after)).toBe(named);
      }),
    );
  });

  it('puts exact names before what is below a domain', () => {
    const text = withNames(COREFILE, RULES);
    expect(text.indexOf('name exact')).toBeLessThan(text.indexOf('name regex'));
  });

  it('never lets a name out of its place', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const asked = { exact: [{ name: text, target: 'a.b' }], below: [] };
        let added: string;
        try {
          added = withNames(COREFILE, asked);
        } catch (error) {
          expect(error).toMatchObject({ code: 'NAME_INVALID' });
          return;
        }
        expect(added.split('\n')).toHaveLength(COREFILE.split('\n').length + 3);
      }),
    );
    for (const bad of ['a b', 'a\nb', 'a{', '', 'a..b', '.', '*.a', '$(a)']) {
      expect(() => withNames(COREFILE, { exact: [{ name: bad, target: 'a.b' }], below: [] })).toThrow('DNS');
    }
  });

  it.each(['', 'example.org {\n    errors\n}\n', '# .:53 {\n', 'a {\n    .:53 {\n    }\n}\n'])(
    'says so when there is no block for all names: %j',
    (text) => {
      expect(() => withNames(text, RULES)).toThrow(expect.objectContaining({ code: 'COREDNS_UNKNOWN' }));
    },
  );
});

describe('withoutNames', () => {
  const named = withNames(COREFILE, RULES);
  const mark = named.split('\n').find((text) => text.includes('begin')) ?? '';

  it('leaves a begin without an end, and what follows it, alone', () => {
    const torn = COREFILE.replace('    errors', `${mark}\n    errors`);
    expect(withoutNames(torn)).toBe(torn);
    expect(withoutNames(withNames(torn, RULES))).toBe(torn);
  });

  it('leaves an end without a begin alone', () => {
    const torn = COREFILE.replace('    errors', '    errors\n    # devreg: end');
    expect(withoutNames(torn)).toBe(torn);
    expect(withoutNames(withNames(torn, RULES))).toBe(torn);
  });

  it('takes out every block there is', () => {
    expect(withoutNames(named.replace('.:53 {\n', `.:53 {\n${mark}\n    # devreg: end\n`))).toBe(COREFILE);
  });
});
