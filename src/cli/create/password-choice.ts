/** The password that `create` is given, where it shall not draw one (S1-05). */
import type { OptionReader } from '../../config/option-reader.ts';
import { type PathPlace, resolvePath } from '../../config/user-path.ts';
import { DevregError } from '../../errors.ts';
import { readSecretFile } from '../serve/user-options.ts';

/** As idpbuilder has it. */
const DEV_PASSWORD = 'developer';

/** What is said about it. */
interface PasswordWish {
  readonly passwordFile: string | undefined;
  readonly devPassword: boolean | undefined;
  readonly rotatePassword: boolean;
}

/**
 * Chooses which password is wanted; of several, what is said closest to the command line.
 * @param place what paths begin in
 * @returns what gives it, or undefined where none is wanted; it throws DevregError FILE_MISSING, SECRET_EMPTY,
 *   SECRET_NOT_ONE_LINE, SECRET_TOO_LONG, or when the file system refuses
 * @throws DevregError OPTIONS_CLASH
 */
export function choosePassword(
  { passwordFile, devPassword, rotatePassword }: PasswordWish,
  options: Pick<OptionReader, 'sourceOf' | 'rankOf'>,
  place: PathPlace,
): () => Promise<string | undefined> {
  const wished = [
    ...(passwordFile === undefined ? [] : ['passwordFile']),
    ...(devPassword === true ? ['devPassword'] : []),
    ...(rotatePassword ? ['rotatePassword'] : []),
  ];
  const rank = Math.min(...wished.map((name) => options.rankOf(name)));
  const [wish, ...others] = wished.filter((name) => options.rankOf(name) === rank);
  if (others.length > 0) {
    const sources = [wish ?? '', ...others].map((name) => options.sourceOf(name)).join(' and ');
    throw new DevregError('usage', 'OPTIONS_CLASH', `Give only one of ${sources}.`);
  }
  if (wish === 'devPassword') return async () => DEV_PASSWORD;
  const file = wish === 'passwordFile' && passwordFile !== undefined ? resolvePath(passwordFile, place) : undefined;
  return async () => (file === undefined ? undefined : readSecretFile(file));
}
