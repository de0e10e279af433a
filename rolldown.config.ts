import { defineConfig } from 'rolldown';

/** Workers are started by file name, so each is an entry that keeps its name beside the programs. */
export default defineConfig({
  input: {
    devreg: 'src/cli/main.ts',
    registry: 'src/registry/main.ts',
    'hash-worker': 'src/registry/storage/hash-worker.ts',
    'checkpoint-worker': 'src/registry/metadata/checkpoint-worker.ts',
  },
  platform: 'node',
  output: { dir: 'dist', cleanDir: true, format: 'esm', chunkFileNames: '[name]-[hash].js', minify: false },
});
