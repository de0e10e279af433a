/** `devreg logout`: undoes what `devreg login` did, and logins that clients were given otherwise. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { openClientPlaces } from '../../workflows/client-places.ts';
import { chooseLogin } from '../../workflows/login-target.ts';
import { logOut } from '../../workflows/logout.ts';
import { openState } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { formatLines } from '../login/outcomes.ts';
import { readClients } from './login.ts';

/**
 * Logs out, and answers with the logins that were there.
 * @throws DevregError REGISTRY_NOT_FOUND, CONFIG_INVALID, and those of the recipe
 */
export async function logout({ surroundings, terminal }: Context, flags: Flags): Promise<void> {
  const { env, machine } = surroundings;
  const options = createOptionReader(flags, env);
  const registry = options.read('registry', 'a name such as localhost:5001', parseText);
  const clients = readClients(options);
  const chosen = options.read('name', 'a name', parseText);
  options.finish();

  const state = openState({ ...machine, env });
  const { registries } = chooseLogin(registry, chosen, await state.records.list());
  const logins = await logOut(registries, clients, { ...state, places: openClientPlaces({ ...machine, env }) });
  terminal.answer(formatLines(logins, 'Removed login credentials'));
  if (logins.length === 0) terminal.note(`No client was logged in to ${registries.join(', ')}.`);
}
