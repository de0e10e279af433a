/** Starts one of the programs, or says in one sentence what is missing. Itself it runs on any Node since 14. */

const NEEDED = [24, 15];

/** @param {string} bundle the program's file in dist/ */
export function start(bundle) {
  if (!isNewEnough(process.versions.node)) {
    fail(
      `devreg needs Node ${NEEDED.join('.')} or newer and this is Node ${process.versions.node}: get one from ` +
        'https://nodejs.org or your version manager, such as nvm install 24.',
    );
    return;
  }
  const program = new URL(`../dist/${bundle}`, import.meta.url).href;
  import('node:module')
    .then((module) => module.enableCompileCache())
    .then(() => import(program))
    .catch((error) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== program) throw error;
      fail(
        `devreg is not built yet: run npm run build in ${decodeURIComponent(new URL('..', import.meta.url).pathname)}.`,
      );
    });
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

function fail(sentence) {
  process.stderr.write(`error: ${sentence}\n`);
  process.exitCode = 6;
}
