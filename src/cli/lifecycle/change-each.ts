/** What `start` and `stop` have in common: which registries are meant, one after the other, and what is answered. */
import type { OptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError, isDevregError } from '../../errors.ts';
import type { AnyRecord } from '../../state/record.ts';
import { chooseRecord } from '../../workflows/chosen-registry.ts';
import type { State } from '../../workflows/open-state.ts';
import { type TextFormat, formatAs, readTextFormat } from '../output/text-format.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Which registries a command is about, and the form of its answer. */
export interface LifecycleOptions {
  readonly isAll: boolean;
  readonly name: string | undefined;
  readonly output: TextFormat;
}

/** What became of one registry. */
export interface ChangedRegistry {
  readonly name: string;
  readonly provider: string;
  readonly outcome: string;
  /** The registry as clients name it. */
  readonly names: readonly string[];
}

/** What is said of it in words, with the end of its last line. */
interface Told {
  readonly text: string;
}

/**
 * Reads the options that both commands have; the caller finishes the reader.
 * @throws DevregError OPTIONS_CLASH
 */
export function readLifecycleOptions(options: OptionReader, isNamed: boolean): LifecycleOptions {
  const isAll = options.readSwitch('all');
  const output = readTextFormat(options);
  const name = options.read('name', 'a name', parseText);
  if (isAll && isNamed) throw new DevregError('usage', 'OPTIONS_CLASH', 'Give either --all or --name.');
  return { isAll, name, output };
}

/** @throws DevregError REGISTRY_NOT_FOUND, NAME_REFUSED */
export async function findMeant({ isAll, name }: LifecycleOptions, { records }: State): Promise<readonly AnyRecord[]> {
  const all = await records.list();
  return isAll ? all : [chooseRecord(name, all)];
}

/**
 * Changes one registry after the other; the failure of one keeps none from its turn.
 * @returns what was changed, and the failures
 * @throws whatever is no DevregError, and the interruption
 */
export async function changeEach(
  meant: readonly AnyRecord[],
  change: (record: AnyRecord) => Promise<ChangedRegistry & Told>,
): Promise<{ readonly changed: readonly (ChangedRegistry & Told)[]; readonly failures: readonly DevregError[] }> {
  const changed: (ChangedRegistry & Told)[] = [];
  const failures: DevregError[] = [];
  for (const record of meant) {
    try {
      changed.push(await change(record));
    } catch (error) {
      if (!isDevregError(error) || error.kind === 'interrupted') throw error;
      failures.push(error);
    }
  }
  return { changed, failures };
}

/** Answers with what was changed, in words or as data, and ends with the first failure if there is one. */
export async function answerChanges(
  { changed, failures }: Awaited<ReturnType<typeof changeEach>>,
  output: LifecycleOptions['output'],
  terminal: Terminal,
): Promise<void> {
  const data: ChangedRegistry[] = changed.map(({ text: _text, ...one }) => one);
  terminal.answer(await formatAs(output, data, () => changed.map(({ text }) => text).join('')));
  const [first, ...others] = failures;
  for (const { message } of others) terminal.warn(message);
  if (first !== undefined) throw first;
}
