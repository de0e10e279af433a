/** Where things are kept, on each system. */
import { expect, it } from 'vitest';
import { resolveFolders } from '../../src/state/folders.ts';

it('follows the XDG specification on Linux', () => {
  expect(resolveFolders({ platform: 'linux', home: '/home/a', env: {} })).toEqual({
    data: '/home/a/.local/share/devreg',
    state: '/home/a/.local/state/devreg',
    cache: '/home/a/.cache/devreg',
  });
  expect(
    resolveFolders({
      platform: 'linux',
      home: '/home/a',
      env: { XDG_DATA_HOME: '/d', XDG_STATE_HOME: '/s/', XDG_CACHE_HOME: '/c' },
    }),
  ).toEqual({
    data: '/d/devreg',
    state: '/s/devreg',
    cache: '/c/devreg',
  });
});

it.each(['relative/path', '', './x'])('ignores %j, which is not absolute', (path) => {
  expect(resolveFolders({ platform: 'linux', home: '/h', env: { XDG_DATA_HOME: path, XDG_STATE_HOME: path } })).toEqual(
    resolveFolders({ platform: 'linux', home: '/h', env: {} }),
  );
});

it('is at home on other systems, where XDG variables count as well', () => {
  expect(resolveFolders({ platform: 'darwin', home: '/Users/a', env: {} })).toEqual({
    data: '/Users/a/Library/Application Support/devreg/data',
    state: '/Users/a/Library/Application Support/devreg/state',
    cache: '/Users/a/Library/Caches/devreg',
  });
  expect(resolveFolders({ platform: 'darwin', home: '/Users/a', env: { XDG_STATE_HOME: '/s' } }).state).toBe(
    '/s/devreg',
  );
  expect(resolveFolders({ platform: 'win32', home: 'C:\\Users\\a', env: { LOCALAPPDATA: 'D:\\Local' } })).toEqual({
    data: 'D:\\Local\\devreg\\Data',
    state: 'D:\\Local\\devreg\\State',
    cache: 'D:\\Local\\devreg\\Cache',
  });
});
