/** The text that Prometheus reads. */
import { expect, it } from 'vitest';
import { formatFamilies } from '../../../src/registry/metrics/text-format.ts';

it('has help, type and a line for each number, and leaves out what has none', () => {
  expect(
    formatFamilies([
      { name: 'a_total', type: 'counter', help: 'All a.', samples: [{ value: 1.5 }] },
      { name: 'empty', type: 'gauge', help: 'Nothing.', samples: [] },
      {
        name: 'b',
        type: 'histogram',
        help: 'All b.',
        samples: [
          { suffix: '_bucket', labels: { le: '+Inf', x: 'a"b\\c\nd' }, value: Infinity },
          { suffix: '_sum', value: -Infinity },
        ],
      },
    ]),
  ).toBe(
    '# HELP a_total All a.\n# TYPE a_total counter\na_total 1.5\n' +
      '# HELP b All b.\n# TYPE b histogram\nb_bucket{le="+Inf",x="a\\"b\\\\c\\nd"} +Inf\nb_sum -Inf\n',
  );
});
