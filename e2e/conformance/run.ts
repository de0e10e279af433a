/**
 * A program: runs the public conformance program of the distribution-spec against devreg, once open to all and once with
 * credentials on every request, and fails unless everything in it is passed. `OCI_CONFORMANCE` is the path of that
 * program, already built.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Machine, openMachine } from '../support/machine.ts';
import { type Account, newAccount, serveRegistry } from '../support/registry-process.ts';
import { readResults, unpassedRows } from './results.ts';

const ADDRESS = '127.0.0.1:5000';

/** Sparse data are indexes that name manifests which are not there. */
const SETTINGS = {
  OCI_VERSION: 'dev',
  OCI_DATA_SPARSE: 'true',
  OCI_REGISTRY: ADDRESS,
  OCI_TLS: 'disabled',
  OCI_REPO1: 'conformance/one',
  OCI_REPO2: 'conformance/two',
};

/** @returns whether everything passed */
async function runOnce(machine: Machine, program: string, title: string, account?: Account): Promise<boolean> {
  const folder = join(machine.folder, title.replaceAll(' ', '-'));
  const credentials =
    account === undefined
      ? {}
      : { OCI_USERNAME: account.user, OCI_PASSWORD: account.password, OCI_CACHE_AUTH: 'false' };
  await using _registry = await serveRegistry(machine, {
    listen: [ADDRESS],
    flags: ['--tls off', '--allow-sparse-indexes'],
    ...(account === undefined ? {} : { account }),
  });
  const { exitCode, output } = await machine.attempt(program, {
    env: { ...SETTINGS, ...credentials, OCI_RESULTS_DIR: folder },
  });
  const results = await readResults(folder);
  if (results === undefined) {
    say(`${output}\n${title}: the program left no results`);
    return false;
  }
  const unpassed = unpassedRows(results);
  const isPassed = exitCode === 0 && unpassed.length === 0 && results.unpassed === 0;
  if (!isPassed) say(output);
  for (const { name, status } of unpassed) say(`${name}: ${status}`);
  say(
    `${title}: ${results.rows.length - unpassed.length} of ${results.rows.length} rows and ${results.checks - results.unpassed} of ${results.checks} checks passed`,
  );
  return isPassed;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** @returns whether everything passed in both runs */
async function runBoth(program: string): Promise<boolean> {
  await using machine = await openMachine({ tools: [] });
  const open = await runOnce(machine, program, 'open to all');
  const closed = await runOnce(machine, program, 'with credentials on every request', newAccount('admin'));
  return open && closed;
}

const program = process.env['OCI_CONFORMANCE'] ?? '';
if (program === '' || !existsSync(program)) {
  say('OCI_CONFORMANCE must be the path of the conformance program of the distribution-spec, already built.');
  process.exitCode = 2;
} else if (!(await runBoth(resolve(program)))) process.exitCode = 1;
