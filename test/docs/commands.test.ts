/** The page of commands is what the declarations of the commands give. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COMMAND_REFERENCE, commandReference } from '../../scripts/command-reference.ts';

const page = await commandReference();

it('is as it was written last; else run npm run docs', async () => {
  expect(await readFile(join(import.meta.dirname, '../..', COMMAND_REFERENCE), 'utf8')).toBe(page);
});

it('has every option with its variable, the words of the help, and the examples', () => {
  expect(page).toMatch(
    /^\| `--registry-port <port>` +\| `DEVREG_REGISTRY_PORT` +\| port that goes with localhost, .+ \|$/m,
  );
  expect(page).toContain('\n## devreg registry serve\n\n`devreg registry serve [options]`\n\nServe a registry');
  expect(page).toContain('\n```sh\n# the version alone\ndevreg version\n');
  expect(page).toContain('Also `devreg get secret`.');
});
