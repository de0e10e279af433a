/** The architecture as a table: which room may import from which. Whoever needs a new door adds it here, for all to see. */
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../src');

/**
 * Who may import whom. A room is a folder of `src/`, in `src/registry/` a folder of that; a file beside folders is a
 * room of its own. What is allowed is a whole room, or one file of it.
 */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  oci: [],
  'errors.ts': [],
  'json-values.ts': [],
  'make-folders.ts': [],
  'optional-files.ts': ['errors.ts'],

  // The tool: argv to spec, spec to workflow, workflow to the rooms that do.
  cli: [
    'config',
    'errors.ts',
    'optional-files.ts',
    'process/find-program.ts',
    'registry/auth/access-token.ts',
    'registry/backup/backup-file.ts',
    'registry/backup/write-backup.ts',
    'registry/config.ts',
    'registry/defaults.ts',
    'registry/environment.ts',
    'registry/folder-backup.ts',
    'registry/folder-restore.ts',
    'registry/folder-scrub.ts',
    'registry/follow-settings.ts',
    'registry/garbage-collection.ts',
    'registry/gc/format-report.ts',
    'registry/gc/messages.ts',
    'registry/gc/report.ts',
    'registry/http/origin.ts',
    'registry/http/route.ts',
    'registry/listen-address.ts',
    'registry/log.ts',
    'registry/rebuild.ts',
    'registry/registry.ts',
    'registry/scrub/report.ts',
    'state/credentials.ts',
    'state/record.ts',
    'workflows',
    'copy',
    'imagelists',
    'oci',
  ],
  config: ['errors.ts', 'json-values.ts', 'optional-files.ts'],
  client: ['copy', 'errors.ts', 'oci', 'process', 'registry/http/reclaim.ts'],
  copy: ['errors.ts', 'oci'],
  imagelists: ['errors.ts', 'json-values.ts'],
  // The program that clients start: what devreg remembers, and the names of registries.
  credhelper: ['errors.ts', 'state', 'workflows/login-names.ts'],
  workflows: [
    'certs',
    'client',
    'cluster',
    'config',
    'doctor',
    'engine',
    'errors.ts',
    'image',
    'json-values.ts',
    'kube',
    'make-folders.ts',
    'optional-files.ts',
    'process',
    'provider',
    'registry/data-folder.ts',
    'rendering',
    'state',
    'trust',
    'archives',
    'copy',
    'imagelists',
    'oci',
  ],
  provider: ['errors.ts', 'registry/data-folder.ts', 'registry/metadata/data-lock.ts', 'state'],
  state: ['errors.ts', 'json-values.ts', 'make-folders.ts', 'optional-files.ts'],
  certs: ['errors.ts', 'make-folders.ts', 'optional-files.ts'],
  trust: ['errors.ts', 'json-values.ts', 'make-folders.ts', 'optional-files.ts', 'process'],
  doctor: [],
  process: ['errors.ts'],
  engine: ['errors.ts', 'json-values.ts', 'process'],
  cluster: ['config', 'engine', 'errors.ts', 'process', 'rendering'],
  kube: ['errors.ts'],
  rendering: ['errors.ts'],
  image: ['errors.ts', 'make-folders.ts', 'oci', 'process', 'tar'],
  tar: [],
  archives: ['copy', 'engine', 'errors.ts', 'make-folders.ts', 'oci', 'optional-files.ts', 'tar'],

  // The registry: of what is outside it knows the words of OCI, and how folders are made.
  'registry/core': ['oci'],
  'registry/storage': ['oci', 'registry/core'],
  'registry/metadata': ['oci', 'registry/core'],
  'registry/cache': ['oci', 'registry/core'],
  'registry/layout': ['oci', 'registry/core'],
  'registry/gc': ['oci', 'registry/core', 'registry/log.ts'],
  'registry/backup': ['oci', 'registry/core'],
  'registry/scrub': ['oci', 'registry/storage'],
  'registry/metrics': ['registry/core'],
  'registry/http': ['oci', 'registry/core', 'registry/watch-files.ts'],
  'registry/auth': ['registry/core', 'registry/http/request.ts'],
  'registry/api': ['oci', 'registry/auth', 'registry/core', 'registry/http'],

  // What puts its rooms together.
  'registry/config.ts': ['registry/core', 'registry/http', 'registry/log.ts'],
  'registry/settings.ts': ['registry/config.ts'],
  'registry/watch-files.ts': [],
  'registry/follow-settings.ts': [
    'registry/config.ts',
    'registry/log.ts',
    'registry/registry.ts',
    'registry/watch-files.ts',
  ],
  'registry/defaults.ts': ['registry/config.ts', 'registry/http'],
  'registry/environment.ts': ['registry/config.ts', 'registry/listen-address.ts'],
  'registry/listen-address.ts': ['registry/config.ts'],
  'registry/log.ts': [],
  'registry/users.ts': ['registry/auth', 'registry/config.ts', 'registry/core'],
  'registry/service.ts': [
    'registry/api',
    'registry/auth',
    'registry/config.ts',
    'registry/content.ts',
    'registry/core',
    'registry/http',
    'registry/log.ts',
    'registry/observer.ts',
    'registry/settings.ts',
    'registry/users.ts',
  ],
  'registry/audit.ts': ['oci', 'registry/http', 'registry/log.ts'],
  'registry/observer.ts': [
    'registry/audit.ts',
    'registry/core',
    'registry/gc/report.ts',
    'registry/http',
    'registry/log.ts',
    'registry/metrics',
  ],
  'registry/content.ts': ['registry/config.ts', 'registry/core', 'registry/gc', 'registry/layout', 'registry/log.ts'],
  'registry/garbage-collection.ts': [
    'registry/core',
    'registry/folder-access.ts',
    'registry/gc',
    'registry/layout',
    'registry/log.ts',
    'registry/stores.ts',
  ],
  'registry/data-folder.ts': ['registry/gc', 'registry/metadata', 'registry/scrub', 'registry/storage'],
  'registry/folder-access.ts': ['registry/gc', 'registry/metadata', 'registry/storage'],
  'registry/folder-backup.ts': [
    'registry/backup',
    'registry/folder-access.ts',
    'registry/metadata',
    'registry/storage',
  ],
  'registry/folder-restore.ts': [
    'oci',
    'registry/backup',
    'registry/data-folder.ts',
    'registry/folder-access.ts',
    'registry/metadata',
    'registry/rebuild.ts',
    'registry/storage',
  ],
  'registry/folder-scrub.ts': ['registry/core', 'registry/folder-access.ts', 'registry/metadata', 'registry/scrub'],
  'registry/rebuild.ts': ['registry/core', 'registry/layout', 'registry/metadata', 'registry/storage'],
  'registry/stores.ts': [
    'make-folders.ts',
    'registry/cache',
    'registry/core',
    'registry/log.ts',
    'registry/metadata',
    'registry/rebuild.ts',
    'registry/storage',
  ],
  'registry/registry.ts': [
    'registry/config.ts',
    'registry/core',
    'registry/gc',
    'registry/http',
    'registry/log.ts',
    'registry/service.ts',
    'registry/settings.ts',
    'registry/stores.ts',
  ],
  'registry/container': [
    'registry/config.ts',
    'registry/defaults.ts',
    'registry/environment.ts',
    'registry/http/origin.ts',
    'registry/http/route.ts',
  ],
  'registry/main.ts': [
    'registry/config.ts',
    'registry/container',
    'registry/follow-settings.ts',
    'registry/garbage-collection.ts',
    'registry/gc',
    'registry/log.ts',
    'registry/registry.ts',
  ],
};

/** The rooms that each package is let in by. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  '@kubernetes/client-node': ['kube'],
  chalk: ['cli'],
  commander: ['cli'],
  execa: ['process'],
  handlebars: ['rendering'],
  'node-forge': ['certs'],
  ora: ['cli'],
  // Text to values and back, wherever one of the two is a room's subject.
  yaml: ['cli', 'config', 'registry/container', 'rendering', 'imagelists'],
};

/** Rooms that decide and do not act: of Node they may use this and nothing else. */
const QUIET: Readonly<Record<string, readonly string[]>> = {
  oci: ['node:crypto'],
  'registry/core': ['node:crypto'],
  'registry/auth': ['node:crypto'],
  'registry/api': ['node:crypto', 'node:http'],
  'registry/cache': [],
  'registry/layout': [],
};

interface Import {
  /** The file that imports, from `src/` on. */
  readonly file: string;
  /** A file, from `src/` on, or the name of a package. */
  readonly target: string;
  readonly isFile: boolean;
}

/** Static, side-effect and dynamic imports, and re-exports. */
const IMPORT = /^(?:import|export)\b[^;'"`]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

async function readImports(): Promise<Import[]> {
  const files = (await readdir(SOURCE, { recursive: true })).filter((name) => /(?<!\.d)\.ts$/.test(name));
  const imports = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(SOURCE, file), 'utf8');
      return [...text.matchAll(IMPORT)].map(([, from, bare, dynamic]) => resolve(file, from ?? bare ?? dynamic ?? ''));
    }),
  );
  return imports.flat().filter(({ target }) => !target.startsWith('..'));
}

function resolve(file: string, specifier: string): Import {
  const isFile = specifier.startsWith('.');
  return { file, isFile, target: isFile ? relative('.', normalize(join(dirname(file), specifier))) : specifier };
}

/** The room a file is in. */
function roomOf(file: string): string {
  const [first = '', second, third] = file.split('/');
  if (first !== 'registry' || second === undefined) return first;
  return third === undefined ? file : `registry/${second}`;
}

const imports = await readImports();
const between = imports.filter(({ file, target, isFile }) => isFile && roomOf(file) !== roomOf(target));
const rooms = [
  ...new Set(imports.flatMap(({ file, target, isFile }) => [roomOf(file), ...(isFile ? [roomOf(target)] : [])])),
];

function isAllowed(allowed: string, target: string): boolean {
  return allowed === target || allowed === roomOf(target);
}

describe('imports', () => {
  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(200);
    expect(between).toContainEqual({ file: 'registry/content.ts', target: 'registry/core/uploads.ts', isFile: true });
    expect(imports.some(({ target }) => target === 'node:sqlite')).toBe(true);
  });

  it('lead where the table lets them', () => {
    const strays = between.filter(
      ({ file, target }) => !(TABLE[roomOf(file)] ?? []).some((allowed) => isAllowed(allowed, target)),
    );
    expect(strays.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('make use of every entry of the table', () => {
    const unused = Object.entries(TABLE).flatMap(([room, allowed]) =>
      allowed
        .filter((entry) => !between.some(({ file, target }) => roomOf(file) === room && isAllowed(entry, target)))
        .map((entry) => `${room} may import ${entry}`),
    );
    expect(unused).toEqual([]);
    expect(Object.keys(TABLE).toSorted()).toEqual(rooms.toSorted());
  });

  it('never go in a circle between rooms', () => {
    const next = (room: string) => [
      ...new Set(between.filter(({ file }) => roomOf(file) === room).map(({ target }) => roomOf(target))),
    ];
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (room: string, way: readonly string[]): void => {
      if (way.includes(room)) circles.push([...way.slice(way.indexOf(room)), room].join(' → '));
      else if (!done.has(room)) {
        for (const other of next(room)) visit(other, [...way, room]);
        done.add(room);
      }
    };
    for (const room of rooms) visit(room, []);
    expect(circles).toEqual([]);
  });

  it('let every package in by one door', () => {
    const packages = imports.filter(({ isFile, target }) => !isFile && !target.startsWith('node:'));
    const strays = packages.filter(({ file, target }) => DOORS[target]?.includes(roomOf(file)) !== true);
    expect(strays.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
    expect(Object.keys(DOORS).toSorted()).toEqual([...new Set(packages.map(({ target }) => target))].toSorted());
  });

  it('of quiet rooms stay quiet', () => {
    const used = imports.filter(({ file, target }) => roomOf(file) in QUIET && target.startsWith('node:'));
    const strays = used.filter(({ file, target }) => !(QUIET[roomOf(file)] ?? []).includes(target));
    expect(strays.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
    for (const [room, allowed] of Object.entries(QUIET)) {
      expect(
        [...new Set(used.filter(({ file }) => roomOf(file) === room).map(({ target }) => target))].toSorted(),
      ).toEqual([...allowed]);
    }
  });
});
