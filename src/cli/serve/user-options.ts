/** The administrator that `registry serve` is given, and where the secrets are read from. */
import { createReadStream } from 'node:fs';
import type { OptionReader, Parse } from '../../config/option-reader.ts';
import { parseUserName } from '../../config/values.ts';
import { DevregError, systemCodeOf, translateReadErrors } from '../../errors.ts';
import type { InitialUser } from '../../registry/config.ts';
import type { Input } from '../surroundings.ts';

/** An administrator whose secrets are still where they are. */
export interface UserOptions {
  readonly name: string;
  /** Undefined for standard input. */
  readonly passwordFile: string | undefined;
  readonly tokenFile: string | undefined;
}

/** Nobody types more; whatever sends more is not a password. */
const SECRET_MAX_BYTES = 4096;

/**
 * Reads which administrator there shall be.
 * @returns undefined when there shall be none
 * @throws DevregError OPTIONS_CLASH
 */
export function readUserOptions(options: OptionReader, path: Parse<string>): UserOptions | undefined {
  const name = options.read('user', 'a name without colons, blanks and control characters', parseUserName);
  const passwordFile = options.read('passwordFile', 'a file', path);
  const fromStdin = options.readSwitch('passwordStdin');
  const tokenFile = options.read('tokenFile', 'a file', path);
  if (passwordFile !== undefined && fromStdin)
    throw clash('Give the password either by --password-file or by --password-stdin.');
  const hasPassword = passwordFile !== undefined || fromStdin;
  const source = options.sourceOf('user');
  if (source !== undefined && !hasPassword)
    throw clash(`${source} needs a password: add --password-file or --password-stdin.`);
  if (source === undefined && (hasPassword || tokenFile !== undefined))
    throw clash('The password or token of whom? Add --user.');
  return name === undefined ? undefined : { name, passwordFile, tokenFile };
}

/**
 * Reads the administrator's secrets. A line break at the end does not belong to them.
 * @throws DevregError FILE_MISSING, SECRET_EMPTY, SECRET_NOT_ONE_LINE, SECRET_TOO_LONG, or when the file system refuses
 */
export async function readUser({ name, passwordFile, tokenFile }: UserOptions, stdin: Input): Promise<InitialUser> {
  const password = passwordFile === undefined ? await readStdin(stdin) : await readSecretFile(passwordFile);
  return { name, password, token: tokenFile === undefined ? undefined : await readSecretFile(tokenFile) };
}

/**
 * Reads a secret from a file. A line break at the end does not belong to it.
 * @throws DevregError FILE_MISSING, SECRET_EMPTY, SECRET_NOT_ONE_LINE, SECRET_TOO_LONG, or when the file system refuses
 */
export async function readSecretFile(path: string): Promise<string> {
  return translateReadErrors(path, async () => {
    try {
      return await readSecret(createReadStream(path), path);
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') throw new DevregError('usage', 'FILE_MISSING', `There is no file ${path}.`);
      throw error;
    }
  });
}

/**
 * Reads a secret from standard input. A line break at the end does not belong to it.
 * @throws DevregError SECRET_EMPTY, SECRET_NOT_ONE_LINE, SECRET_TOO_LONG
 */
export async function readStdin(stdin: Input): Promise<string> {
  return readSecret(stdin, 'standard input');
}

/** Reads no more than it needs to know that it is no secret. */
async function readSecret(source: AsyncIterable<Uint8Array | string>, where: string): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    const piece = Buffer.from(chunk);
    pieces.push(piece);
    size += piece.length;
    if (size > SECRET_MAX_BYTES)
      throw new DevregError('usage', 'SECRET_TOO_LONG', `What is in ${where} is too long for a secret.`);
  }
  const secret = Buffer.concat(pieces)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (secret === '') throw new DevregError('usage', 'SECRET_EMPTY', `There is nothing in ${where}.`);
  if (/[\r\n]/.test(secret))
    throw new DevregError('usage', 'SECRET_NOT_ONE_LINE', `There is more than one line in ${where}.`, {
      hint: 'Put the secret there alone, on one line; a line break at its end does not count.',
    });
  return secret;
}

function clash(message: string): DevregError {
  return new DevregError('usage', 'OPTIONS_CLASH', message);
}
