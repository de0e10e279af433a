/** The password that `create` is given, where it shall not draw one (S1-05). */
import { resolve } from 'node:path';
import type { OptionReader } from '../../config/option-reader.ts';
import { parseSwitch } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { readSecretFile } from '../serve/user-options.ts';

/** As idpbuilder has it. */
const DEV_PASSWORD = 'developer';

/**
 * Reads which password is wanted.
 * @param folder what relative paths are in
 * @returns what gives it, or undefined where none is wanted; it throws DevregError FILE_MISSING, SECRET_EMPTY,
 *   SECRET_TOO_LONG, or when the file system refuses
 * @throws DevregError OPTIONS_CLASH
 */
export function readPasswordChoice(options: OptionReader, folder: string): () => Promise<string | undefined> {
  const file = options.read('passwordFile', 'a file', (text) => (text === '' ? undefined : resolve(folder, text)));
  const isDev = options.read('devPassword', 'yes or no', parseSwitch) ?? false;
  const isNew = options.read('rotatePassword', 'yes or no', parseSwitch) ?? false;
  const sources = [
    file !== undefined && options.sourceOf('passwordFile'),
    isDev && options.sourceOf('devPassword'),
    isNew && options.sourceOf('rotatePassword'),
  ].filter((source) => typeof source === 'string');
  if (sources.length > 1) throw new DevregError('usage', 'OPTIONS_CLASH', `Give only one of ${sources.join(' and ')}.`);
  if (isDev) return async () => DEV_PASSWORD;
  return async () => (file === undefined ? undefined : readSecretFile(file));
}
