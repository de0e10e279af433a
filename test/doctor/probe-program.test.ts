import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatProbeProgram } from '../../src/doctor/probe-program.ts';

const OWN = process.arch === 'x64' ? 'amd64' : 'arm64';

describe.skipIf(process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))(
  'the smallest program',
  () => {
    it('says its line and ends well', () => {
      const folder = mkdtempSync(join(tmpdir(), 'probe-'));
      const file = join(folder, 'probe');
      writeFileSync(file, formatProbeProgram(OWN, 'hello 0123456789abcdef'), { mode: 0o755 });
      const { status, stdout, stderr } = spawnSync(file, { encoding: 'utf8' });
      rmSync(folder, { recursive: true });
      expect([status, stdout, stderr]).toEqual([0, 'hello 0123456789abcdef\n', '']);
    });
  },
);

it('has the instructions of each processor', () => {
  // As llvm-mc reads them: mov x0, #1; adr x1, #28; mov x2, #3; mov x8, #64; svc #0; mov x0, #0; mov x8, #93; svc #0.
  const arm = formatProbeProgram('arm64', 'hi');
  const words = Array.from({ length: 8 }, (_, index) => arm.readUInt32LE(120 + index * 4).toString(16));
  expect(words).toEqual([
    'd2800020',
    '100000e1',
    'd2800062',
    'd2800808',
    'd4000001',
    'd2800000',
    'd2800ba8',
    'd4000001',
  ]);
  expect(arm.subarray(120 + 32).toString()).toBe('hi\n');
  expect([arm.readUInt16LE(18), formatProbeProgram('amd64', 'hi').readUInt16LE(18)]).toEqual([183, 62]);
  expect(formatProbeProgram('amd64', 'x'.repeat(32)).length).toBeLessThan(256);
});
