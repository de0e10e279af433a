/** Asks the programs that keep logins for others. */
import { DevregError } from '../../errors.ts';
import { DOCKER_HUB } from '../../oci/reference.ts';
import { CommandFailedError } from '../../process/command-failed-error.ts';
import type { Runner } from '../../process/runner.ts';
import { isObject } from './answer-body.ts';
import type { Credentials } from './credentials.ts';
import { toCredentials } from './login-file.ts';

/** Some ask a person, who has to find the phone first. */
const PATIENCE_MS = 60_000;

/** What Docker Hub's login is kept under. */
const HUB_KEY = 'https://index.docker.io/v1/';

/**
 * Asks a helper for a login.
 * @param name after `docker-credential-`
 * @returns undefined when it has none
 * @throws DevregError CREDENTIAL_HELPER_FAILED
 * @see https://github.com/docker/docker-credential-helpers
 */
export async function askHelper(
  runner: Pick<Runner, 'run'>,
  name: string,
  registry: string,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) throw helperFailed(program, 'has a name that no program has');
  const input = registry === DOCKER_HUB ? HUB_KEY : registry;
  try {
    const { stdout } = await runner.run({ program, args: ['get'], input, timeout: PATIENCE_MS });
    const value: unknown = JSON.parse(stdout);
    const { Username: user, Secret: secret } = isObject(value) ? value : {};
    if (typeof user !== 'string' || typeof secret !== 'string') throw helperFailed(program, 'answers what is no login');
    return user === '' && secret === '' ? undefined : toCredentials(user, secret);
  } catch (error) {
    if (error instanceof SyntaxError) throw helperFailed(program, 'answers what is no login');
    if (!(error instanceof CommandFailedError)) throw error;
    if (/credentials not found/i.test(error.stdout)) return undefined;
    throw helperFailed(program, error.failure.kind === 'absent' ? 'is not there' : `failed: ${lastLine(error)}`, error);
  }
}

/** Helpers write their errors to standard output. */
function lastLine({ stdout, stderr, failure }: CommandFailedError): string {
  return [stdout, stderr].map((text) => text.trim().split('\n').at(-1)).find((line) => line) ?? failure.kind;
}

function helperFailed(program: string, how: string, cause?: unknown): DevregError {
  return new DevregError('failure', 'CREDENTIAL_HELPER_FAILED', `The credential helper ${program} ${how}.`, {
    hint: "Mend credsStore or credHelpers in docker's config.json, or say who you are with --creds or --no-creds.",
    cause,
  });
}
