#!/usr/bin/env node
/** The credential helper's door. Clients read why it fails on standard output, and every client waits for it. */
const program = new URL('../dist/credhelper/docker-credential-devreg.js', import.meta.url).href;

import(program).catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== program) throw error;
  process.stdout.write('devreg is not built yet: run npm run build in its folder\n');
  process.exitCode = 1;
});
