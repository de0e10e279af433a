/** Where the next page of a list is. */
import { expect, it } from 'vitest';
import { nextPage } from '../../../src/client/registry/lists.ts';

const HERE = '/v2/a/tags/list?n=2';

it.each([
  ['</v2/a/tags/list?last=b&n=2>; rel="next"', '/v2/a/tags/list?last=b&n=2'],
  ['</v2/a/tags/list?last=b>; rel=next', '/v2/a/tags/list?last=b'],
  ['<list?last=b>; rel="next"', '/v2/a/tags/list?last=b'],
  ['<?last=b>;rel="next"', '/v2/a/tags/list?last=b'],
  ['<http://elsewhere.example/v2/a/tags/list?last=b>; rel="next"', '/v2/a/tags/list?last=b'],
  ['<//elsewhere.example/v2/x>; rel="next"', '/v2/x'],
  ['</first>; rel="first", </next?a=1,2>; title="x"; rel="next"', '/next?a=1,2'],
  ['</next>; rel="next", </last>; rel="last"', '/next'],
  ['</x>; rel="nextish"', undefined],
  ['</x>', undefined],
  ['nonsense', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s leads to %s', (link, path) => {
  expect(nextPage(link, HERE)).toBe(path);
});
