import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeRegistriesConf, toSecondForm } from '../../src/doctor/check-registries-conf.ts';

const OLD = `# from the article
[registries.search]
registries = ['docker.io', 'server01:5000']

[registries.insecure]
registries = [
  # ours
  "server01:5000",
]

[registries.block]
registries = []
`;

const NEW = `unqualified-search-registries = ["docker.io","server01:5000"]

# from the article

[[registry]]
location = "server01:5000"
insecure = true`;

describe('registries.conf', () => {
  it('S3-10: of the first form becomes the second', () => {
    expect(toSecondForm(OLD)).toBe(NEW);
  });

  it('keeps what is in the second form already', () => {
    const mixed = `unqualified-search-registries = ["a"]\n\n[registries.block]\nregistries = ["bad.example"]\n\n[[registry]]\nlocation = "b"\n`;
    expect(toSecondForm(mixed)).toBe(
      'unqualified-search-registries = ["a"]\n\n[[registry]]\nlocation = "b"\n\n[[registry]]\nlocation = "bad.example"\nblocked = true',
    );
    expect(judgeRegistriesConf([{ path: '/a', text: mixed }])).toMatchObject([{ state: 'problem' }]);
  });

  it('of the second form is left alone', () => {
    const text = `${NEW}\n`;
    expect(judgeRegistriesConf([{ path: '/a', text }])).toMatchObject([{ state: 'ok' }]);
    expect(judgeRegistriesConf([])).toMatchObject([{ state: 'ok' }]);
  });

  it('is mended by the command that is printed, whatever the path is called', () => {
    const folder = mkdtempSync(join(tmpdir(), "it's "));
    const path = join(folder, 'registries.conf');
    writeFileSync(path, OLD);
    const [finding] = judgeRegistriesConf([{ path, text: OLD }]);
    expect(finding).toMatchObject({ state: 'warning', code: 'REGISTRIES_CONF_V1' });
    execFileSync('/bin/sh', ['-c', finding?.fix ?? 'false']);
    expect(readFileSync(path, 'utf8')).toBe(`${NEW}\n`);
    expect(readFileSync(`${path}.v1`, 'utf8')).toBe(OLD);
    rmSync(folder, { recursive: true });
  });
});
