/** What `create` is asked for about a cluster, and what it refuses for a process. */
import { describe, expect, it } from 'vitest';
import { readClusterOptions, refuseClusterOptions } from '../../../src/cli/create/wanted-cluster.ts';
import { createOptionReader } from '../../../src/config/option-reader.ts';

describe('options for clusters', () => {
  it('are undefined, or off, where nothing is given', () => {
    const { wanted, ...rest } = readClusterOptions(createOptionReader({}, {}));
    expect(Object.values(wanted).filter((value) => value !== undefined)).toEqual([]);
    expect(rest).toMatchObject({
      kindConfig: undefined,
      recreate: false,
      keepOnFailure: false,
      dryRun: false,
      hostsFile: undefined,
      login: undefined,
    });
  });

  it('come from flags and variables alike', () => {
    const options = createOptionReader(
      { workers: '2', extraPorts: '22:32222,80:30080', san: ['a.localtest.me', 'b.localtest.me,c'], login: true },
      {
        DEVREG_NODE_IMAGE: 'kindest/node:v1',
        DEVREG_INGRESS: 'none',
        DEVREG_USE_PATH_ROUTING: '1',
        DEVREG_HOSTS_FILE: 'no',
      },
    );
    expect(readClusterOptions(options)).toMatchObject({
      wanted: {
        workers: 2,
        extraPorts: ['22:32222', '80:30080'],
        aliases: ['a.localtest.me', 'b.localtest.me', 'c'],
        nodeImage: 'kindest/node:v1',
        ingress: 'none',
        pathRouting: true,
      },
      hostsFile: false,
      login: true,
    });
    expect(() => options.finish()).not.toThrow();
  });

  it.each([
    ['workers', '21', '--workers'],
    ['extraPorts', '22', '--extra-ports'],
    ['nodePort', '29999', '--node-port'],
    ['nodePort', '32767', '--node-port'],
    ['ingress', 'nginx', '--ingress'],
    ['storageSize', '10 GB', '--storage-size'],
    ['recreate', 'perhaps', '--recreate'],
  ])('%s cannot be %j', (name, text, option) => {
    const options = createOptionReader({ [name]: text }, {});
    readClusterOptions(options);
    expect(() => options.finish()).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(`${option} must be `) }),
    );
  });

  it.each(['30000', '32766'])('node port %s leaves room for one more above', (nodePort) => {
    expect(readClusterOptions(createOptionReader({ nodePort }, {})).wanted.nodePort).toBe(Number(nodePort));
  });
});

describe('a process', () => {
  it.each([
    ['workers', '--workers'],
    ['nodeImage', '--node-image'],
    ['kindConfig', '--kind-config'],
    ['extraPorts', '--extra-ports'],
    ['nodePort', '--node-port'],
    ['ingress', '--ingress'],
    ['usePathRouting', '--use-path-routing'],
    ['san', '--san'],
    ['storageSize', '--storage-size'],
    ['storageClass', '--storage-class'],
    ['registryImage', '--registry-image'],
    ['recreate', '--recreate'],
    ['keepOnFailure', '--keep-on-failure'],
    ['hostsFile', '--hosts-file'],
    ['login', '--login'],
    ['dryRun', '--dry-run'],
  ])('is not made with %s', (name, option) => {
    expect(() => refuseClusterOptions(createOptionReader({ [name]: 'x' }, {}))).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'OPTIONS_CLASH',
        message: expect.stringMatching(new RegExp(`^${option} .*clusters? .*process`)),
      }),
    );
  });

  it('is made whatever variables and files say, which may be there for clusters, and files are named', () => {
    expect(refuseClusterOptions(createOptionReader({ port: '1' }, { DEVREG_WORKERS: '2' }))).toEqual([]);
    const source = 'san (devreg.yaml, line 3)';
    const configured = new Map([['san', { source, texts: ['a'], rank: 2 }]]);
    expect(refuseClusterOptions(createOptionReader({ configured }, { DEVREG_WORKERS: '2' }))).toEqual([source]);
  });

  it('hears of everything at once', () => {
    expect(() => refuseClusterOptions(createOptionReader({ login: true, workers: '1' }, {}))).toThrow(
      /^--workers and --login /,
    );
  });
});
