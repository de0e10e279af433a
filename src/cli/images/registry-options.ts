/** Reads the options about registries. */
import type { Flags, OptionReader } from '../../config/option-reader.ts';
import { parseCount, parseDuration, parseSwitch, parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import type { ImagesWish } from '../../workflows/images/open-images.ts';
import type { RegistryAccess } from '../../workflows/images/registries.ts';

type Prefix = '' | 'src' | 'dest';

/** Reads what all of a command's registries share. */
export function readRegistryOptions(options: OptionReader, flags: Flags): ImagesWish {
  const access = readAccess(options, flags, '');
  return {
    name: options.read('name', 'a name', parseText),
    access: { source: access, target: access },
    ...readRetries(options),
  };
}

/** Reads what is said about either side; what is said about both counts where nothing is said about one. */
export function readCopyingOptions(options: OptionReader, flags: Flags): ImagesWish {
  const both = readAccess(options, flags, '');
  const join = (one: RegistryAccess): RegistryAccess => ({
    tls: one.tls ?? both.tls,
    credentials: one.credentials ?? both.credentials,
    authfile: one.authfile ?? both.authfile,
    certDir: one.certDir ?? both.certDir,
  });
  return {
    name: options.read('name', 'a name', parseText),
    access: { source: join(readAccess(options, flags, 'src')), target: join(readAccess(options, flags, 'dest')) },
    ...readRetries(options),
  };
}

function readAccess(options: OptionReader, flags: Flags, prefix: Prefix): RegistryAccess {
  const key = (name: string) => (prefix === '' ? name : `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  return {
    tls: readTls(options, key('tlsVerify'), prefix),
    credentials: readCredentials(options, flags, key),
    authfile: options.read(key('authfile'), 'a file', parseText),
    certDir: options.read(key('certDir'), 'a folder', parseText),
  };
}

function readTls(options: OptionReader, name: string, prefix: Prefix): RegistryAccess['tls'] {
  const verify = options.read(name, 'true or false', parseSwitch);
  const isInsecure = prefix === '' && options.readSwitch('insecure');
  if (verify === undefined) return isInsecure ? 'skip' : undefined;
  return verify ? 'verify' : 'skip';
}

function readCredentials(
  options: OptionReader,
  flags: Flags,
  key: (name: string) => string,
): RegistryAccess['credentials'] {
  const isNobody = options.readSwitch(key('noCreds'));
  // Commander takes the one without a prefix for the opposite of `--creds`.
  if (isNobody || flags[key('creds')] === false) return 'none';
  const pair = options.read(key('creds'), 'USER:PASSWORD', parsePair);
  if (pair !== undefined) return { kind: 'password', ...pair };
  const user = options.read(key('username'), 'a name', parseText);
  const password = options.read(key('password'), 'a password', parseText);
  if (user !== undefined && password !== undefined) return { kind: 'password', user, password };
  if (user !== undefined || password !== undefined) {
    const words = key('username').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new DevregError('usage', 'OPTION_MISSING', `--${words} and its password belong together.`, {
      hint: 'devreg login, docker login and podman login keep a login for all that follows.',
    });
  }
  const token = options.read(key('registryToken'), 'a token', parseText);
  return token === undefined ? undefined : { kind: 'bearer', token };
}

function parsePair(text: string): { readonly user: string; readonly password: string } | undefined {
  const colon = text.indexOf(':');
  return colon > 0 && colon < text.length - 1
    ? { user: text.slice(0, colon), password: text.slice(colon + 1) }
    : undefined;
}

function readRetries(options: OptionReader): Pick<ImagesWish, 'retries'> {
  const times = options.read('retryTimes', 'a number up to 20', parseCount);
  const delay = options.read('retryDelay', 'a time such as 2s', parseDuration);
  const retries = {
    ...(times === undefined ? {} : { times }),
    ...(delay === undefined ? {} : { delay, isFixed: true }),
  };
  return { retries };
}
