/** What `ldd` says, on different systems. */
import { describe, expect, it } from 'vitest';
import { listSharedLibraries } from '../../src/image/shared-libraries.ts';
import { createScriptedRunner } from '../support/fakes/scripted-runner.ts';

const GLIBC = `\tlinux-vdso.so.1 (0x00007fd7ff6c6000)
\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007fd7ff6b0000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fd7ff13e000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007fd7ff6c8000)
`;
const MUSL = `\t/lib/ld-musl-x86_64.so.1 (0x7f1c7d1f5000)
\tlibstdc++.so.6 => /usr/lib/libstdc++.so.6 (0x7f1c7a800000)
\tlibc.musl-x86_64.so.1 => /lib/ld-musl-x86_64.so.1 (0x7f1c7d1f5000)
`;

const ask = (line: { stdout?: string; stderr?: string; exitCode?: number }) =>
  listSharedLibraries('/n', createScriptedRunner([{ argv: 'ldd /n', ...line }]));

describe('shared libraries', () => {
  it('are those of glibc, with its loader and without what the kernel gives', async () => {
    expect(await ask({ stdout: GLIBC })).toEqual([
      '/lib/x86_64-linux-gnu/libdl.so.2',
      '/lib/x86_64-linux-gnu/libc.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });

  it('are those of musl, each once', async () => {
    expect(await ask({ stdout: MUSL })).toEqual(['/lib/ld-musl-x86_64.so.1', '/usr/lib/libstdc++.so.6']);
  });

  it('are none of a static program', async () => {
    expect(await ask({ stdout: '\tstatically linked\n' })).toEqual([]);
    expect(await ask({ exitCode: 1, stderr: '\tnot a dynamic executable\n' })).toEqual([]);
  });

  it('cannot be told when one is missing, ldd fails, or is not there', async () => {
    const refusal = (sentence: RegExp) => ({
      code: 'NODE_LIBRARIES_UNKNOWN',
      message: expect.stringMatching(sentence),
      hint: expect.stringContaining('--registry-image'),
    });
    await expect(ask({ stdout: '\tlibx.so.1 => not found\n' })).rejects.toMatchObject(refusal(/libx\.so\.1/));
    await expect(ask({ exitCode: 1, stderr: 'no permission' })).rejects.toMatchObject(refusal(/no permission\.$/));
    await expect(listSharedLibraries('/n', createScriptedRunner([]))).rejects.toMatchObject(refusal(/\/n needs\.$/));
  });
});
