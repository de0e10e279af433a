/** What `registry serve` is asked to do: flags, then `DEVREG_*`, then `REGISTRY_*`, then defaults. */
import { type Flags, type OptionReader, type Parse, createOptionReader } from '../../config/option-reader.ts';
import { type PathPlace, resolvePath } from '../../config/user-path.ts';
import { parseChoice, parseDuration, parseSwitch, parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import type { ListenAddress, RegistryConfig } from '../../registry/config.ts';
import { REGISTRY_DEFAULTS } from '../../registry/defaults.ts';
import { type EnvironmentSettings, readEnvironment } from '../../registry/environment.ts';
import { createOriginReader } from '../../registry/http/origin.ts';
import { parseRouteRule } from '../../registry/http/route.ts';
import { parseListenAddress } from '../../registry/listen-address.ts';
import { type UserOptions, readUserOptions } from './user-options.ts';

/** How TLS comes about: from files, from the user's own authority for some more names, or not at all. */
type TlsPlan =
  | { readonly kind: 'files'; readonly cert: string; readonly key: string }
  | { readonly kind: 'auto'; readonly names: readonly string[] }
  | { readonly kind: 'off' };

/** All of it. */
export interface ServePlan {
  readonly config: Omit<RegistryConfig, 'tls' | 'users'>;
  readonly tls: TlsPlan;
  readonly user: UserOptions | undefined;
  /** Variables of Distribution's registry that have no effect here. */
  readonly ignored: readonly string[];
}

/** Where things are unless somebody says otherwise. */
export interface ServeSurroundings extends PathPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where data are kept by default. */
  readonly dataDir: string;
}

/** The port of registries. */
const DEFAULT_PORT = 5000;
const DEFAULT_LISTEN: readonly ListenAddress[] = [{ host: '127.0.0.1', port: DEFAULT_PORT }];

/**
 * Reads flags and variables.
 * @throws DevregError CONFIG_INVALID, ENVIRONMENT_REFUSED, OPTIONS_CLASH
 */
export function readServePlan(flags: Flags, { env, dataDir, ...place }: ServeSurroundings): ServePlan {
  const { settings, problems, ignored } = readEnvironment(env);
  if (problems.length > 0) throw new DevregError('usage', 'ENVIRONMENT_REFUSED', problems.join(' '));
  const options = createOptionReader({ ...flags, noDelete: flags['delete'] === false ? true : undefined }, env);
  const path = (text: string) => (text === '' ? undefined : resolvePath(text, place));
  const config = { ...REGISTRY_DEFAULTS, dataDir, listen: DEFAULT_LISTEN, ...settings, ...readConfig(options, path) };
  const plan = { config: { ...config, dataDir: resolvePath(config.dataDir, place) }, ignored };
  const tls = readTlsPlan(options, settings, path);
  const user = readUserOptions(options, path);
  options.finish();
  return { ...plan, tls, user };
}

/** Only what was given. */
function readConfig(options: OptionReader, path: Parse<string>): Partial<RegistryConfig> {
  const given: { readonly [Key in keyof RegistryConfig]?: RegistryConfig[Key] | undefined } = {
    dataDir: options.read('dataDir', 'a folder', path),
    listen: options.readAll('listen', 'an address such as 127.0.0.1:5000', (text) =>
      parseListenAddress(text, DEFAULT_PORT),
    ),
    anonymousPush: options.read('anonymousPush', 'yes or no', parseSwitch),
    requireOwner: options.read('requireOwner', 'yes or no', parseSwitch),
    allowDelete: negate(options.read('noDelete', 'yes or no', parseSwitch)),
    allowSparse: options.read('allowSparseIndexes', 'yes or no', parseSwitch),
    durability: options.read('durability', 'full or fast', parseChoice(['full', 'fast'])),
    routes: options.readAll('route', 'a rule such as cnoe.localtest.me:8443/gitea=', parseRouteRule),
    trustedProxies: options.readAll('trustedProxy', 'a network such as 10.0.0.0/8', parseNetwork),
    gcInterval: options.read('gcInterval', 'a time such as 60m, or off', (text) =>
      text === 'off' ? 0 : parseDuration(text),
    ),
    gcLease: options.read('gcLease', 'a time such as 60m', parseDuration),
    grace: options.read('grace', 'a time such as 8s', parseDuration),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function readTlsPlan(options: OptionReader, settings: EnvironmentSettings, path: Parse<string>): TlsPlan {
  const when = options.read('tls', 'auto or off', parseChoice(['auto', 'off']));
  const cert = options.read('tlsCert', 'a file', path);
  const key = options.read('tlsKey', 'a file', path);
  const names = options.readAll('san', 'a name or an address', parseText) ?? [];
  const files = cert !== undefined && key !== undefined ? { cert, key } : when === undefined ? settings.tls : undefined;
  if ((cert === undefined) !== (key === undefined))
    throw clash('A certificate needs its key: give both --tls-cert and --tls-key.');
  if (cert !== undefined && when !== undefined)
    throw clash(`${options.sourceOf('tls')} does not go with a certificate of your own.`);
  if (names.length > 0 && (files !== undefined || when === 'off'))
    throw clash('--san is for the certificate that devreg makes.');
  if (files !== undefined) return { kind: 'files', ...files };
  return when === 'off' ? { kind: 'off' } : { kind: 'auto', names };
}

function parseNetwork(text: string): string | undefined {
  try {
    createOriginReader([text]);
    return text;
  } catch {
    return undefined;
  }
}

function negate(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function clash(message: string): DevregError {
  return new DevregError('usage', 'OPTIONS_CLASH', message);
}
