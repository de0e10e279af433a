/** What `create` is asked for about a registry, wherever it runs. */
import type { REGISTRY_OPTIONS } from '../../config/cluster-options.ts';
import type { Declared } from '../../config/declaration.ts';
import type { OptionReader } from '../../config/option-reader.ts';
import { type PathPlace, resolvePath } from '../../config/user-path.ts';
import type { WantedSettings } from '../../workflows/settings.ts';

/**
 * Only what was given: the rest stays as it was, or becomes the default.
 * @param place what paths begin in
 */
export function wantedSettings(
  given: Declared<typeof REGISTRY_OPTIONS>,
  options: Pick<OptionReader, 'rankOf'>,
  place: PathPlace,
): WantedSettings {
  const { profile, host, port, registryPort, user, durability, dataDir } = given;
  const wanted = {
    profile,
    host,
    port,
    registryPort,
    user,
    durability,
    dataDir: dataDir === undefined ? undefined : resolvePath(dataDir, place),
    tls: wantedTls(given, options),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

/** Two options for one thing: what is said closer to the command line counts, and `--tls` of two that are as close. */
function wantedTls(
  { tls, protocol }: Declared<typeof REGISTRY_OPTIONS>,
  options: Pick<OptionReader, 'rankOf'>,
): 'auto' | 'off' | undefined {
  const byProtocol = protocol === undefined ? undefined : protocol === 'http' ? 'off' : 'auto';
  return options.rankOf('protocol') < options.rankOf('tls') ? byProtocol : (tls ?? byProtocol);
}
