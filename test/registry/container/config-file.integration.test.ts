/** Distribution's configuration file on a real disk: where it is looked for, and what it turns into. */
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../src/registry/container/config-file.ts';

/** What registry:2 and registry:3 ship, in substance. */
const SHIPPED = `version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: /var/lib/registry
  delete: {enabled: true}
http:
  addr: :5000
  headers:
    X-Content-Type-Options: [nosniff]
health:
  storagedriver:
    enabled: true
    interval: 10s
`;

async function withFile(text: string) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-config-'));
  const path = join(folder.path, 'config.yml');
  await writeFile(path, text);
  return { path, folder: folder.path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

describe('a configuration file', () => {
  it('stands for variables', async () => {
    await using file = await withFile(SHIPPED);
    expect(await readConfigFile(file.path)).toEqual({
      path: file.path,
      candidates: [file.path],
      problems: [],
      variables: {
        REGISTRY_LOG_FIELDS_SERVICE: 'registry',
        REGISTRY_STORAGE_CACHE_BLOBDESCRIPTOR: 'inmemory',
        REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/var/lib/registry',
        REGISTRY_STORAGE_DELETE_ENABLED: 'true',
        REGISTRY_HTTP_ADDR: ':5000',
        'REGISTRY_HTTP_HEADERS_X-CONTENT-TYPE-OPTIONS': '["nosniff"]',
        REGISTRY_HEALTH_STORAGEDRIVER_ENABLED: 'true',
        REGISTRY_HEALTH_STORAGEDRIVER_INTERVAL: '10s',
      },
    });
  });

  it.each([
    ['a: [', /config\.yml:\d+: /],
    ['a: 1\na: 2\n', /config\.yml:2: /],
    ['just words', /holds no settings/],
    ['- a list', /holds no settings/],
    [
      `a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c]`,
      /alias/,
    ],
  ])('%j is refused with its place', async (text, problem) => {
    await using file = await withFile(text);
    const { problems, variables } = await readConfigFile(file.path);
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(variables).toEqual({});
  });

  it.each(['', '# nothing\n', 'version: 0.1\n', 'storage:\n'])('%j says nothing', async (text) => {
    await using file = await withFile(text);
    expect(await readConfigFile(file.path)).toMatchObject({ variables: {}, problems: [] });
  });

  it('is not looked for where none is named', async () => {
    await using file = await withFile('http: {addr: ":1"}');
    expect(await readConfigFile(undefined, [file.path])).toMatchObject({ variables: {}, path: undefined });
  });

  it('may be at either customary path, or at none', async () => {
    await using file = await withFile('http: {addr: ":1"}');
    const absent = join(file.folder, 'absent.yml');
    const found = { variables: { REGISTRY_HTTP_ADDR: ':1' }, path: file.path };
    for (const path of [absent, file.path]) {
      expect(await readConfigFile(path, [absent, file.path])).toMatchObject(found);
    }
    expect(await readConfigFile(absent, [absent])).toEqual({
      variables: {},
      path: undefined,
      candidates: [absent],
      problems: [],
    });
    expect((await readConfigFile(absent, [file.path])).problems).toEqual([`There is no configuration file ${absent}.`]);
  });

  it('that is a folder is refused', async () => {
    await using file = await withFile('');
    expect((await readConfigFile(file.folder)).problems).toEqual([expect.stringContaining('EISDIR')]);
  });
});
