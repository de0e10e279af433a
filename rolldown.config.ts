import { defineConfig } from 'rolldown';

const output = { format: 'esm', cleanDir: true, chunkFileNames: '[name]-[hash].js', minify: false } as const;

export default defineConfig([
  // Workers are started by file name, so each is an entry that keeps its name beside the programs.
  {
    input: {
      devreg: 'src/cli/main.ts',
      registry: 'src/registry/main.ts',
      'hash-worker': 'src/registry/storage/hash-worker.ts',
      'checkpoint-worker': 'src/registry/metadata/checkpoint-worker.ts',
    },
    platform: 'node',
    output: { ...output, dir: 'dist' },
  },
  // Clients wait for it at every command of theirs: by itself it is one file, which loads sooner than several.
  {
    input: { 'docker-credential-devreg': 'src/credhelper/main.ts' },
    platform: 'node',
    output: { ...output, dir: 'dist/credhelper' },
  },
]);
