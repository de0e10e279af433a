import { type Plugin, defineConfig } from 'rolldown';

/**
 * Each file costs a third of a millisecond at every start. So what every command loads is one of them, and what `get
 * secrets`, `login` and `status` load then is another; the rest is cut where it is imported late. The door of the tool
 * stays out, since others import from these while it still waits for the command; so does what the registry uses too.
 */
const TOGETHER = {
  groups: [
    { name: 'folders', test: /\/src\/make-folders\.ts$/, priority: 3 },
    { name: 'program', test: /\/src\/cli\/run\.ts$/, priority: 2 },
    { name: 'frequent', test: /\/src\/cli\/(configuration|certificates|actions\/get-secrets)\.ts$/, priority: 1 },
  ],
};

/** What commander takes from Node, loaded when it is used: as modules these cost a fifth of the time of `--help`. */
const LATE: Readonly<Record<string, string>> = {
  'node:child_process': `
    const late = { get spawn() { return process.getBuiltinModule('node:child_process').spawn; } };
    export default late;`,
  'node:process': 'export default process;',
  'node:util': `
    export const stripVTControlCharacters = (text) =>
      process.getBuiltinModule('node:util').stripVTControlCharacters(text);`,
};

/** Names of modules that no other plugin takes begin so. */
const PREFIX = '\0late:';

const lateBuiltins: Plugin = {
  name: 'late-builtins',
  resolveId: (id, importer) => (importer?.includes('/node_modules/commander/') && id in LATE ? PREFIX + id : undefined),
  load: (id) => (id.startsWith(PREFIX) ? LATE[id.slice(PREFIX.length)] : undefined),
};

/** Workers are started by file name, so each is an entry that keeps its name beside the programs. */
export default defineConfig({
  input: {
    devreg: 'src/cli/main.ts',
    registry: 'src/registry/main.ts',
    'hash-worker': 'src/registry/storage/hash-worker.ts',
    'checkpoint-worker': 'src/registry/metadata/checkpoint-worker.ts',
  },
  platform: 'node',
  plugins: [lateBuiltins],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: TOGETHER,
    minify: false,
  },
});
