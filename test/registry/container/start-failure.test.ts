/** Why a registry does not start, in sentences; bugs are not explained away. */
import { describe, expect, it } from 'vitest';
import { explainStartFailure } from '../../../src/registry/container/start-failure.ts';
import { REGISTRY_DEFAULTS } from '../../../src/registry/defaults.ts';

const CONFIG = { ...REGISTRY_DEFAULTS, dataDir: '/', listen: [{ host: '0.0.0.0', port: 80 }] };

const explain = (fields: object, message = 'it broke.') =>
  explainStartFailure(Object.assign(new Error(message), fields), CONFIG);

describe('a failure', () => {
  it.each([
    [{ code: 'EADDRINUSE', syscall: 'listen' }, /0\.0\.0\.0:80 already/, 5],
    [{ code: 'EACCES', syscall: 'listen' }, /may not listen on 0\.0\.0\.0:80/, 1],
    [{ code: 'EADDRNOTAVAIL', syscall: 'listen' }, /not possible to listen on .*EADDRNOTAVAIL/, 2],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, /not possible to listen on .*ENOTFOUND/, 2],
    [{ code: 'DATA_FOLDER_LOCKED' }, /^it broke\.$/, 5],
    [{ code: 'METADATA_TOO_NEW' }, /^it broke\.$/, 1],
    [{ name: 'UsersNeededError' }, /DEVREG_USER/, 2],
    [{ code: 'EACCES', path: '/lock' }, /\/ is not open to user \d+/, 1],
    [{ code: 'EROFS', path: '/lock' }, /\/ is read-only: mount a volume/, 1],
    [{ code: 'ENOSPC', path: '/x' }, /\/ cannot be used: it broke\.$/, 1],
    [{ code: 'ERR_SQLITE_ERROR' }, /\/ cannot be used: it broke\.$/, 1],
    [{ name: 'StorageError', cause: new Error('deep.') }, /\/ cannot be used: deep\.$/, 1],
  ])('of %j is told', async (fields, problem, exitCode) => {
    expect(await explain(fields)).toEqual({ problem: expect.stringMatching(problem), exitCode });
  });

  it('that is a bug keeps its stack', async () => {
    expect(await explain({})).toBeUndefined();
    expect(await explain({ code: 'ERR_INVALID_ARG_TYPE' })).toBeUndefined();
    expect(await explainStartFailure('text', CONFIG)).toBeUndefined();
  });
});
