/** What is otherwise in the jobs of a CI. */
import { describe, expect, it } from 'vitest';
import { drawName, freePorts, readCi } from '../../../src/cli/create/ci.ts';
import { createOptionReader } from '../../../src/config/option-reader.ts';
import { isName } from '../../../src/state/name.ts';

const read = (flags: Record<string, unknown>, env: Record<string, string> = {}) =>
  readCi(createOptionReader(flags, env), env);

describe('a job', () => {
  it.each([
    [{}, {}, false, false],
    [{}, { CI: 'true' }, true, false],
    [{}, { CI: '1' }, true, false],
    [{}, { CI: 'false' }, false, false],
    [{}, { GITHUB_ACTIONS: 'true' }, true, false],
    [{}, { CI: 'true', DEVREG_CI: 'no' }, false, false],
    [{ ci: true }, {}, true, true],
    [{}, { DEVREG_CI: '1' }, true, true],
  ])('with %j and %j: %s, on its own: %s', (flags, env, isJob, isEphemeral) => {
    expect(read(flags, env)).toEqual({ isJob, isEphemeral, tellsPassword: false });
  });

  it('has a name that nobody else has, and that delete --prefix finds', () => {
    const names = new Set(Array.from({ length: 100 }, drawName));
    expect(names.size).toBe(100);
    for (const name of names) expect(isName(name) && name.startsWith('ci-')).toBe(true);
  });

  it('has any ports, unless it is said which', () => {
    expect(freePorts({})).toEqual({ port: 0, registryPort: 0 });
    expect(freePorts({ port: 8443 })).toEqual({ port: 8443, registryPort: 0 });
    expect(freePorts({ profile: 'raibid' })).toEqual({});
  });
});
