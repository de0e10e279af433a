/** What configuration files say, and what is said about those that make no sense. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { CONFIG_HEAD, parseConfigFile } from '../../src/config/config-file.ts';
import { CONFIG_OPTIONS } from '../../src/config/config-options.ts';
import { configSchema } from '../../src/config/schema.ts';

const HEAD = 'apiVersion: devreg.dev/v1\nkind: Cluster\n';
const parse = (text: string) => parseConfigFile(HEAD + text, 'devreg.yaml');
const problemOf = (text: string): string => {
  try {
    parseConfigFile(text, 'devreg.yaml');
  } catch (error) {
    expect(error).toMatchObject({ kind: 'usage', code: 'CONFIG_FILE_INVALID' });
    return error instanceof Error ? error.message : '';
  }
  return 'none';
};

describe('a configuration file', () => {
  it('gives options with their lines', () => {
    expect(parse('# a comment\nport: 0\nsan:\n  - a\n  - b\nlogin: false\ntimeout: 5m\n')).toEqual([
      { name: 'port', texts: ['0'], line: 4 },
      { name: 'san', texts: ['a', 'b'], line: 5 },
      { name: 'login', texts: ['false'], line: 8 },
      { name: 'timeout', texts: ['5m'], line: 9 },
    ]);
  });

  it('may be nothing but its head, and use anchors', () => {
    expect(parse('')).toEqual([]);
    expect(parse('host: &name a.localtest.me\nsan: [*name]\n').map(({ texts }) => texts)).toEqual([
      ['a.localtest.me'],
      ['a.localtest.me'],
    ]);
  });

  it.each([
    ['', 'devreg.yaml, line 1: {"apiVersion":"devreg.dev/v1","kind":"Cluster"} and options are expected.'],
    ['kind: Cluster\n', 'devreg.yaml, apiVersion: devreg.dev/v1 is missing.'],
    ['apiVersion: devreg.dev/v2\nkind: Cluster\n', 'devreg.yaml, line 1: apiVersion must be devreg.dev/v1.'],
    [`${HEAD}workrs: 2\n`, 'devreg.yaml, line 3: there is no option "workrs"; did you mean workers.'],
    [
      `${HEAD}registry-port: 2\n`,
      'devreg.yaml, line 3: there is no option "registry-port"; did you mean registryPort.',
    ],
    [`${HEAD}something: 2\n`, 'devreg.yaml, line 3: there is no option "something".'],
    [`${HEAD}constructor: 2\n`, 'devreg.yaml, line 3: there is no option "constructor".'],
    [`${HEAD}recreate: true\n`, 'devreg.yaml, line 3: there is no option "recreate".'],
    [`${HEAD}port: 70000\n`, 'devreg.yaml, line 3: port must be a port, 0 to 65535, not 70000.'],
    [`${HEAD}port: "1"\n`, 'devreg.yaml, line 3: port must be a port, 0 to 65535, not "1".'],
    [`${HEAD}port:\n`, 'devreg.yaml, line 3: port must be a port, 0 to 65535, not null.'],
    [`${HEAD}port: [1]\n`, 'devreg.yaml, line 3: port must be a port, 0 to 65535.'],
    [`${HEAD}timeout: 90\n`, 'devreg.yaml, line 3: timeout must be a time such as 30s or 5m, not 90 without quotes.'],
    [`${HEAD}login: yes\n`, 'devreg.yaml, line 3: login must be yes or no, not "yes".'],
    [`${HEAD}san: a\n`, 'devreg.yaml, line 3: san must be a list of a name.'],
    [`${HEAD}san:\n  - a\n  - 1\n`, 'devreg.yaml, line 5: san must be a name, not 1 without quotes.'],
    [`${HEAD}profile: gitea\n`, 'devreg.yaml, line 3: profile must be idpbuilder, raibid or plain, not "gitea".'],
    [`${HEAD}port: 1\nport: 2\n`, 'devreg.yaml, line 4: map keys must be unique.'],
    [`${HEAD}a: [\n`, /^devreg\.yaml, line 4: /],
    [`${HEAD}serviceName: traefik\nname: -x\n`, /line 3: serviceName must be .*; line 4: name must be /],
  ])('%j is refused', (text, problem) => {
    if (typeof problem === 'string') expect(problemOf(text)).toBe(problem);
    else expect(problemOf(text)).toMatch(problem);
  });
});

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** As JSON Schema has it, for the words that the schema uses; patterns are Unicode's, as draft 7 recommends. */
function accepts(schema: JsonSchema, value: unknown): boolean {
  const { type, enum: words, pattern, minimum = -Infinity, maximum = Infinity, items, properties } = schema;
  if ('const' in schema) return value === schema.const;
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'integer') return Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
  if (type === 'array') return Array.isArray(value) && value.every((item) => accepts(items ?? {}, item));
  if (type === 'string')
    return (
      typeof value === 'string' &&
      (words === undefined || words.includes(value)) &&
      (pattern === undefined || new RegExp(pattern, 'u').test(value))
    );
  if (type !== 'object' || typeof value !== 'object' || value === null) return false;
  const isKnown = Object.entries(value).every(
    ([key, one]) => properties?.[key] !== undefined && accepts(properties[key], one),
  );
  return isKnown && (schema.required ?? []).every((key) => key in value);
}

/** Sensible values among senseless ones. */
const VALUE = fc.oneof(
  fc.boolean(),
  fc.integer({ min: -1, max: 70_000 }),
  fc.constantFrom(-1, 0, 20, 21, 29_999, 30_000, 32_766, 32_767, 65_535, 65_536),
  fc.constantFrom('kind', 'auto', 'off', 'raibid', '10Gi', '0', '5m', '0s', '90', '22:32222', '1:99999', 'v1.34.4'),
  fc.constantFrom('traefik', 'NodePort', 'a', 'A', 'a:b', 'a b', '-', '', 'https', 'none', 'a\nb', 'ä', ' 1:2 '),
  fc.string({ maxLength: 70, unit: 'binary' }),
);
const OPTION = fc.tuple(
  fc.constantFrom(...Object.keys(CONFIG_OPTIONS), 'other'),
  fc.oneof(VALUE, fc.array(VALUE, { maxLength: 2 })),
);

describe('the schema', () => {
  const schema = configSchema() as JsonSchema;

  it('has every option, with its description, and the head', () => {
    expect(Object.keys(schema.properties ?? {})).toEqual(['apiVersion', 'kind', ...Object.keys(CONFIG_OPTIONS)]);
    expect(schema).toMatchObject({ additionalProperties: false, required: ['apiVersion', 'kind'] });
    for (const [name, { description }] of Object.entries(CONFIG_OPTIONS))
      expect(schema.properties?.[name]).toMatchObject({ description });
  });

  it('accepts what the reader accepts, and refuses most of what it refuses', () => {
    let accepted = 0;
    fc.assert(
      fc.property(OPTION, ([name, value]) => {
        const file = { ...CONFIG_HEAD, [name]: value };
        const isRead = problemOf(stringify(file)) === 'none';
        if (isRead) accepted += 1;
        if (isRead) expect(accepts(schema, file)).toBe(true);
        else if (!['extraPorts', 'timeout'].includes(name)) expect(accepts(schema, file)).toBe(false);
      }),
      { numRuns: 6000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

it('every option is called by its key', () => {
  for (const [name, { flags }] of Object.entries(CONFIG_OPTIONS)) {
    const [, long = ''] = /^--([\w-]+)/.exec(flags) ?? [];
    expect(long.replaceAll(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase())).toBe(name);
  }
});
