import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addHostLines,
  findBorrowedNames,
  hostLines,
  planHostNames,
  removeHostLines,
} from '../../src/trust/hosts-file.ts';

const NAME = 'registry.localtest.me';
const OWN = `127.0.0.1 ${NAME} # devreg dev`;

describe('a name', () => {
  it.each([
    ['is added to an empty file', '', 'add'],
    ['is added when only others are there', '127.0.0.1 localhost other.localtest.me\n', 'add'],
    ['is added when it is in a comment', `# 127.0.0.1 ${NAME}\n127.0.0.1 localhost # ${NAME}\n`, 'add'],
    ['is added when only IPv6 leads here', `::1 ${NAME}\n`, 'add'],
    ['is added beside the line of another cluster', `127.0.0.1 ${NAME} # devreg other\n`, 'add'],
    ['is present by a line of the user', `127.0.0.1\tlocalhost  Registry.LOCALTEST.me # mine\r\n`, 'present'],
    ['is present by its own line', `a\n${OWN}`, 'present'],
    ['is present by its own line that the user has added to', `127.0.0.1 ${NAME} x # devreg dev\n`, 'present'],
  ])('%s', (_, text, action) => {
    expect(planHostNames(text, 'dev', [NAME])).toEqual([{ name: NAME, action }]);
  });

  it('that leads elsewhere is told with its line, whatever else is said of it', () => {
    const text = `127.0.0.1 ${NAME}\n# comment\n192.168.1.5 nas ${NAME}\n`;
    expect(planHostNames(text, 'dev', [NAME, 'b.test'])).toEqual([
      { name: NAME, action: 'conflict', address: '192.168.1.5', line: 3 },
      { name: 'b.test', action: 'add' },
    ]);
  });
});

describe('a borrowed name', () => {
  it.each([
    ['is one that only other clusters have a line for', `127.0.0.1 ${NAME} # devreg other\n`, [NAME]],
    ['has several of those', `127.0.0.1 ${NAME} # devreg a\n127.0.0.1 ${NAME} # devreg b\n`, [NAME]],
    ['is none when there is a line of its own, too', `127.0.0.1 ${NAME} # devreg other\n${OWN}\n`, []],
    ['is none by a line of the user', `127.0.0.1 ${NAME} # devreg other\n127.0.0.1 x ${NAME}\n`, []],
    ['is none without any line', `127.0.0.1 localhost\n`, []],
  ])('%s', (_, text, borrowed) => {
    expect(findBorrowedNames(text, 'dev', [NAME])).toEqual(borrowed);
  });
});

describe('lines', () => {
  it('are one for each name, with the mark of the cluster', () => {
    expect(hostLines('dev', [NAME, 'b.test'])).toEqual([OWN, '127.0.0.1 b.test # devreg dev']);
  });

  it.each([
    ['', `${OWN}\n`],
    ['a\n', `a\n${OWN}\n`],
    ['a\r\nb\r\n', `a\r\nb\r\n${OWN}\r\n`],
    ['a', `a\n${OWN}`],
    ['a\r\nb', `a\r\nb\r\n${OWN}`],
  ])('go to the end of %j', (text, expected) => {
    expect(addHostLines(text, [OWN])).toBe(expected);
  });

  it.each([
    ['those of other clusters', `127.0.0.1 ${NAME} # devreg other\n127.0.0.1 ${NAME} # devreg dev2\n`],
    ['those the user has changed', `127.0.0.1 ${NAME} mine # devreg dev\n127.0.0.2 ${NAME} # devreg dev\n`],
    ['comments', `# devreg dev\n#127.0.0.1 ${NAME} # devreg dev\n`],
  ])('that stay are %s', (_, text) => {
    expect(removeHostLines(text, 'dev')).toBe(text);
  });

  it('come and go without a trace, in whatever order', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('127.0.0.1 localhost', '::1 localhost # x', '\tx'));
    const text = fc
      .tuple(fc.array(line.map((one) => one.replaceAll(/[\r\n]/g, ''))), fc.constantFrom('\n', '\r\n'), fc.boolean())
      .map(([lines, end, isWhole]) => lines.join(end) + (isWhole && lines.length > 0 ? end : ''));
    const clusters = fc.shuffledSubarray(['a', 'b', 'c.d'], { minLength: 1 });
    fc.assert(
      fc.property(text, clusters, fc.integer(), (before, added, turn) => {
        const names = ['x.test', 'y.test'];
        const full = added.reduce((file, cluster) => addHostLines(file, hostLines(cluster, names)), before);
        const order = added.map((_, index) => added[(index + Math.abs(turn)) % added.length] ?? '');
        expect(order.reduce(removeHostLines, full)).toBe(before);
      }),
    );
  });
});
