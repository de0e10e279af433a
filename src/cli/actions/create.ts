/** `devreg create`. */
import { resolve } from 'node:path';
import { type Flags, type OptionReader, createOptionReader } from '../../config/option-reader.ts';
import { parseChoice, parseDuration, parsePort, parseSwitch, parseText, parseUserName } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { newAccessToken } from '../../registry/auth/access-token.ts';
import { chooseName, isImplied } from '../../workflows/chosen-registry.ts';
import { createRegistry } from '../../workflows/create.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import { openState } from '../../workflows/open-state.ts';
import { DEFAULT_SETTINGS, type WantedSettings } from '../../workflows/settings.ts';
import type { Context } from '../context.ts';
import { findClient } from '../create/client.ts';
import { answerOf, formatAnswer } from '../create/answer.ts';
import { programName } from '../create/program-name.ts';
import { VERSION } from '../version.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

/** The root folder that `/etc` is in. */
const ROOT = '/';

/**
 * Makes a registry, or brings it to what is asked for, and answers with how to use it.
 * @throws DevregError CONFIG_INVALID, PROVIDER_MISSING, and those of the recipe
 */
export async function create({ surroundings, terminal }: Context, flags: Flags): Promise<void> {
  const { env, machine, program, signal, now } = surroundings;
  const options = createOptionReader(flags, env);
  const output = options.read('output', 'text, json or yaml', parseChoice(['text', 'json', 'yaml'])) ?? 'text';
  const timeout = options.read('timeout', 'a time such as 30s or 2m', parseDuration) ?? DEFAULT_TIMEOUT_MS;
  const rotatePassword = options.read('rotatePassword', 'yes or no', parseSwitch) ?? false;
  const provider = options.read(
    'provider',
    'process, kind or container',
    parseChoice(['process', 'kind', 'container']),
  );
  const wanted = readWanted(options, machine.folder);
  const chosen = options.read('name', 'a name', parseText);
  options.finish();
  refuseOtherProviders(provider, options);

  const state = openState({ ...machine, env });
  const records = await state.records.list();
  const name = chooseName(chosen, records);
  if (provider === undefined)
    terminal.note(`The registry runs as a process of this machine: making clusters is not part of devreg ${VERSION}.`);
  // Asked while the registry starts, and again only if it turns out to be called otherwise.
  const guess = wanted.host ?? records.find((record) => record.name === name)?.settings.host ?? DEFAULT_SETTINGS.host;
  const resolving = surroundings.resolvesHere(guess.toLowerCase(), signal);
  const created = await createRegistry(
    { name, wanted, rotatePassword, timeout },
    {
      ...state,
      provider: openProvider({ ...program, env }, machine.hostname),
      trustPlace: { home: machine.home, root: ROOT },
      progress: terminal,
      signal,
      owner: `${machine.user}@${machine.hostname}`,
      now,
      drawToken: newAccessToken,
    },
  );
  const { host } = created.record.settings;
  const resolves = await (host === guess.toLowerCase() ? resolving : surroundings.resolvesHere(host, signal));
  const client = await findClient(env, machine.home);
  const names = { program: await programName(surroundings), isImplied: isImplied(name, await state.records.list()) };
  terminal.answer(await formatAnswer(answerOf({ created, resolves, client, ...names }), output));
}

/** Only what was given: the rest stays as it was, or becomes the default. */
function readWanted(options: OptionReader, folder: string): WantedSettings {
  const aPort = 'a port, 0 to 65535';
  const wanted = {
    host: options.read('host', 'a host', parseText),
    port: options.read('port', aPort, parsePort),
    registryPort: options.read('registryPort', aPort, parsePort),
    user: options.read('user', 'a name without colons, blanks and control characters', parseUserName),
    dataDir: options.read('dataDir', 'a folder', (text) => (text === '' ? undefined : resolve(folder, text))),
    durability: options.read('durability', 'full or fast', parseChoice(['full', 'fast'])),
    tls: options.read('tls', 'auto or off', parseChoice(['auto', 'off'])),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

function refuseOtherProviders(provider: string | undefined, options: OptionReader): void {
  if (provider === undefined || provider === 'process') return;
  const message = `${options.sourceOf('provider')} is ${provider}, but devreg ${VERSION} makes no clusters and no containers: registries run as processes.`;
  throw new DevregError('usage', 'PROVIDER_MISSING', message, { hint: 'Leave it out, or give process.' });
}
