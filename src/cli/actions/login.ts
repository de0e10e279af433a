/** `devreg login`: docker, podman, helm, crane and regctl, each in its own way. */
import { type Flags, type OptionReader, createOptionReader } from '../../config/option-reader.ts';
import { parseChoice, parseText, parseUserName } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { openClientPlaces } from '../../workflows/client-places.ts';
import { type LoginOrder, logIn } from '../../workflows/login.ts';
import { type LoginChoice, chooseLogin, splitByResolution } from '../../workflows/login-target.ts';
import { type State, openState } from '../../workflows/open-state.ts';
import { authorityFile } from '../../workflows/own-authority.ts';
import type { Context } from '../context.ts';
import { formatOutcomes } from '../login/outcomes.ts';
import { printCommands, printHelpers } from '../login/print.ts';
import { readStdin } from '../serve/user-options.ts';
import { programName } from '../create/program-name.ts';

const CLIENTS = ['docker', 'podman', 'helm', 'crane', 'regctl', 'all'] as const;
type Client = Exclude<(typeof CLIENTS)[number], 'all'>;

/**
 * Logs in, and answers with what became of each client.
 * @throws DevregError REGISTRY_NOT_FOUND, CONFIG_INVALID, OPTIONS_CLASH, LOGIN_FAILED, and those of the recipe
 */
export async function login(context: Context, flags: Flags): Promise<void> {
  const { env, machine, stdin, signal } = context.surroundings;
  const options = createOptionReader(flags, env);
  const registry = options.read('registry', 'a name such as localhost:5001', parseText);
  const clients = readClients(options);
  const user = options.read('username', 'a name without colons, blanks and control characters', parseUserName);
  const [isPrint, isHelper, isStdin] = [
    options.readSwitch('print'),
    options.readSwitch('helper'),
    options.readSwitch('passwordStdin'),
  ];
  const chosen = options.read('name', 'a name', parseText);
  options.finish();

  const state = openState({ ...machine, env });
  const choice = chooseLogin(registry, chosen, await state.records.list());
  const { record } = choice;
  if (user !== undefined && user.toLowerCase() !== record.settings.user.toLowerCase() && !isStdin && !isPrint)
    throw new DevregError('usage', 'OPTIONS_CLASH', `devreg does not know the password of ${user}.`, {
      hint: 'Give it, or an access token, by --password-stdin.',
    });
  const registries = await chooseNames(choice, context);
  const order = { record, registries, clients, user: user ?? record.settings.user, helper: isHelper };
  if (isPrint) return show(order, state, context);
  const password = isStdin ? await readStdin(stdin) : undefined;
  const places = openClientPlaces({ ...machine, env });
  const ports = { ...state, places, progress: context.terminal, signal };
  tellResults(await logIn({ ...order, password }, ports), isHelper, context);
}

async function show(
  order: Omit<LoginOrder, 'password'>,
  { folders }: State,
  { surroundings, terminal }: Context,
): Promise<void> {
  const { record, registries, clients, user, helper } = order;
  const { files } = openClientPlaces({ ...surroundings.machine, env: surroundings.env });
  if (helper) return terminal.answer(printHelpers([files.docker.path, files.podman.path], registries));
  const program = await programName(surroundings);
  const ca = authorityFile(record, folders);
  terminal.answer(printCommands({ program, name: record.name, clients, files, registries, user, ca }));
}

/** @throws DevregError LOGIN_FAILED */
function tellResults(results: Awaited<ReturnType<typeof logIn>>, isHelper: boolean, { terminal }: Context): void {
  terminal.answer(formatOutcomes(results));
  if (!isHelper && results.some(({ outcome }) => outcome === 'done'))
    terminal.note('Clients keep the password unencrypted in their files; devreg login --helper avoids that.');
  const failed = results.flatMap((result) => (result.outcome === 'failed' ? [result] : []));
  if (failed.length === 0) return;
  const reasons = failed.map((one) => `${one.client} could not log in to ${one.registry}: ${one.reason}`);
  throw new DevregError('failure', 'LOGIN_FAILED', reasons.join(' '), {
    hint: 'The registry knows user and password, so look at how the client reaches it: name, port, trust.',
  });
}

/** Undefined: every client there is. */
export function readClients(options: OptionReader): readonly Client[] | undefined {
  const given = options.readList('client', `of ${CLIENTS.join(', ')}`, parseChoice(CLIENTS));
  const clients = given?.filter((client) => client !== 'all');
  return given === undefined || given.length !== clients?.length ? undefined : clients;
}

/** Of names that nobody chose, those that work. */
async function chooseNames(
  { registries, isNamed }: LoginChoice,
  { surroundings, terminal }: Context,
): Promise<readonly string[]> {
  if (isNamed) return registries;
  const { resolvesHere, signal } = surroundings;
  const { here, lost } = await splitByResolution(registries, (host) => resolvesHere(host, signal));
  if (lost.length > 0) terminal.note(`Left out ${lost.join(', ')}, which does not lead to this machine.`);
  return here;
}
