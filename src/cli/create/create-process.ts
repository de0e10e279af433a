/** `devreg create` for a registry that is a process of this machine. */
import type { AnyRecord } from '../../state/record.ts';
import { createRegistry } from '../../workflows/create.ts';
import type { State } from '../../workflows/open-state.ts';
import { DEFAULT_SETTINGS, type WantedSettings } from '../../workflows/settings.ts';
import type { Context } from '../context.ts';
import type { TextFormat } from '../output/text-format.ts';
import { START_TIMEOUT_MS, openCreatePorts } from './create-ports.ts';
import { tellCreated } from './tell-created.ts';

/** What is asked for, wherever the registry shall run. */
export interface CreateOrder {
  readonly name: string;
  readonly wanted: WantedSettings;
  readonly rotatePassword: boolean;
  /** Of the user's choice. */
  readonly password: string | undefined;
  /** Milliseconds; undefined: what is usual. */
  readonly timeout: number | undefined;
  readonly output: TextFormat;
  readonly state: State;
  /** All there are. */
  readonly records: readonly AnyRecord[];
}

/**
 * Makes the registry and answers.
 * @throws DevregError of the recipe
 */
export async function createOfProcess(order: CreateOrder, context: Context): Promise<void> {
  const { surroundings, terminal } = context;
  const { signal } = surroundings;
  const { name, wanted, rotatePassword, password, timeout = START_TIMEOUT_MS, state, records } = order;
  // Asked while the registry starts, and again only if it turns out to be called otherwise.
  const guess = wanted.host ?? records.find((record) => record.name === name)?.settings.host ?? DEFAULT_SETTINGS.host;
  const resolving = surroundings.resolvesHere(guess.toLowerCase(), signal);
  const created = await createRegistry(
    { name, wanted, rotatePassword, password, timeout },
    openCreatePorts(state, context),
  );
  const { host } = created.record.settings;
  const resolves = await (host === guess.toLowerCase() ? resolving : surroundings.resolvesHere(host, signal));
  terminal.answer(await tellCreated({ created, resolves }, order.output, state, surroundings));
}
