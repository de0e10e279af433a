import { describe, expect, it } from 'vitest';
import { resolvePath } from '../../src/config/user-path.ts';

describe('a path', () => {
  it.each([
    ['data', '/work/data'],
    ['../data', '/data'],
    ['/data', '/data'],
    ['~/data', '/home/$&/data'],
    ['~', '/home/$&'],
    ['~other/data', '/work/~other/data'],
    ['a~/data', '/work/a~/data'],
    ['./~/data', '/work/~/data'],
  ])('%s is %s', (text, path) => {
    expect(resolvePath(text, { folder: '/work', home: '/home/$&' })).toBe(path);
  });
});
