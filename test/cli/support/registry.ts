/** What tests do with registries by the command line. */
import type { World } from './world.ts';

/** Lets the system choose. */
export const ANY_PORTS = ['--port', '0', '--registry-port', '0'];

/** What `create -o json` answers, as far as tests look at it. */
export interface Answer {
  readonly outcome: string;
  readonly names: readonly [byHost: string, byLocalhost: string];
  readonly ca: string;
  readonly dataDir: string;
  readonly pid: number;
}

/** What `get secrets -o json` has. */
export interface SecretAnswer {
  readonly username: string;
  readonly password: string;
  readonly token: string;
  readonly ca: string;
}

/** Runs `create` and reads its answer. */
export async function create(world: World, ...more: string[]): Promise<Answer> {
  const { stdout } = await world.succeed(['create', ...more, '-o', 'json']);
  return JSON.parse(stdout) as Answer;
}

/** Runs `get secrets` and reads the only one. */
export async function secretOf(world: World, ...more: string[]): Promise<SecretAnswer> {
  const { stdout } = await world.succeed(['get', 'secrets', '-o', 'json', ...more]);
  const [secret] = JSON.parse(stdout) as SecretAnswer[];
  if (secret === undefined) throw new Error('There is no secret.');
  return secret;
}

/** Where it answers plain HTTP. */
export function urlOf({ names }: Answer): string {
  return `http://${names[1]}`;
}
