import { defineConfig } from 'rolldown';

/** Clients wait for the helper at every command of theirs: bundled by itself it shares no file, and loads sooner. */
export default defineConfig({
  input: { 'docker-credential-devreg': 'src/credhelper/main.ts' },
  platform: 'node',
  output: { dir: 'dist/credhelper', cleanDir: true, format: 'esm', chunkFileNames: '[name]-[hash].js', minify: false },
});
