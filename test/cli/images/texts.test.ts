/** How answers about images are written: Go's JSON and templates, sizes, ages, patterns, progress. */
import { describe, expect, it } from 'vitest';
import { createCopyProgress, describe as describeStanding } from '../../../src/cli/images/copy-progress.ts';
import { parseGlob } from '../../../src/cli/images/glob.ts';
import { formatGoJson } from '../../../src/cli/images/go-json.ts';
import { fillGoTemplate } from '../../../src/cli/images/go-template.ts';
import { formatAge, formatBytes, formatSeconds } from '../../../src/cli/images/sizes.ts';
import { digestOf } from '../../../src/oci/digest.ts';

it('JSON is as Go writes it', () => {
  expect(formatGoJson({ a: ['<b>&'] })).toBe('{\n    "a": [\n        "\\u003cb\\u003e\\u0026"\n    ]\n}\n');
});

describe('templates', () => {
  const value = { Name: 'n', Env: ['A=b', 'C'], Labels: { b: '2', a: '1' }, Size: 3, Inner: { Deep: 'x' }, None: null };

  it.each([
    ['{{.Name}}', 'n'],
    ['{{ .Name }}:{{.Size}}', 'n:3'],
    ['{{.Env}} {{.Labels}}', '[A=b C] map[a:1 b:2]'],
    ['{{json .Env}}', '["A=b","C"]'],
    ['{{index .Labels "a"}}{{index .Env 1}}', '1C'],
    ['{{.Inner.Deep}}\\n{{.None}}', 'x\n<no value>'],
    ['plain', 'plain'],
  ])('%s', (template, expected) => {
    expect(fillGoTemplate(template, value)).toBe(expected);
  });

  it.each(['{{range .Env}}x{{end}}', '{{.Name | upper}}', '{{if .Name}}a{{end}}', '{{"x"}}'])(
    '%s is refused by name',
    (template) => {
      expect(() => fillGoTemplate(template, value)).toThrow(expect.objectContaining({ code: 'TEMPLATE_UNKNOWN' }));
    },
  );

  it.each(['{{.Nam}}', '{{.constructor}}', '{{.Inner.x}}'])('%s leads nowhere', (template) => {
    expect(() => fillGoTemplate(template, value)).toThrow(expect.objectContaining({ code: 'TEMPLATE_FIELD_UNKNOWN' }));
  });
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [99_940, '99.9 kB'],
  [123_456_789, '123 MB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (count, expected) => {
  expect(formatBytes(count)).toBe(expected);
});

it.each([
  [0, '1 s'],
  [59.4, '59 s'],
  [130, '2 min 10 s'],
  [3_900, '1 h 5 min'],
])('%d seconds are %s', (seconds, expected) => {
  expect(formatSeconds(seconds)).toBe(expected);
});

it.each([
  [10, 'less than a minute ago'],
  [60, '1 minute ago'],
  [7_300, '2 hours ago'],
  [3 * 86_400, '3 days ago'],
  [800 * 86_400, '2 years ago'],
])('%d seconds ago is %s', (seconds, expected) => {
  const now = new Date();
  expect(formatAge(new Date(now.getTime() - seconds * 1_000), now)).toBe(expected);
});

it.each([
  ['team/*', ['team/a']],
  ['team/**', ['team/a', 'team/b/c']],
  ['*', ['app']],
  ['a?p', ['app']],
  ['**', ['app', 'team/a', 'team/b/c']],
  ['te(m', []],
])('the pattern %s', (pattern, expected) => {
  expect(['app', 'team/a', 'team/b/c'].filter(parseGlob(pattern))).toEqual(expected);
});

describe('progress', () => {
  const standing = { prefix: '3 of 50 images', total: 10_000_000, done: 4_000_000, moved: 2_000_000, time: 2_000 };

  it('has bytes, rate and time left', () => {
    expect(describeStanding(standing)).toBe('3 of 50 images, 4.0 MB of 10.0 MB, 1.0 MB/s, 6 s left');
    expect(describeStanding({ ...standing, prefix: '', time: 500 })).toBe('4.0 MB of 10.0 MB');
    expect(describeStanding({ ...standing, total: 0, moved: 0, prefix: '' })).toBe('');
  });

  it('is shown now and then', () => {
    const shown: string[] = [];
    let time = 0;
    const progress = createCopyProgress({ show: (text) => shown.push(text), now: () => time });
    const blob = { mediaType: 'x/y', digest: digestOf('b'), size: 1_000 };
    progress.onBlob?.(blob);
    progress.onBytes?.(500);
    time = 2_000;
    progress.onBytes?.(250);
    time = 3_000;
    progress.onBlob?.(blob);
    progress.onBlobDone?.(blob, 'there');
    time = 4_000;
    progress.onBytes?.(0);
    expect(shown).toEqual([
      '0 B of 1.0 kB',
      '750 B of 1.0 kB, 375 B/s, 1 s left',
      '750 B of 2.0 kB, 250 B/s, 5 s left',
      '1.8 kB of 2.0 kB, 188 B/s, 1 s left',
    ]);
  });
});
