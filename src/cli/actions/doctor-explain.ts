/** `devreg doctor explain`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { DevregError } from '../../errors.ts';
import { type Explanation, explain } from '../../workflows/explain.ts';
import { openInspection } from '../../workflows/open-inspection.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import { openState } from '../../workflows/open-state.ts';
import { readStatus } from '../../workflows/status.ts';
import { openTrustMachine } from '../../workflows/trust-machine.ts';
import type { Context } from '../context.ts';
import { formatAs, readTextFormat } from '../output/text-format.ts';
import type { Input } from '../surroundings.ts';

/** More than any client says; the end of a longer text counts, where errors are. */
const LONGEST = 64 * 1024;

/**
 * Explains an error, from arguments or standard input.
 * @throws DevregError TEXT_MISSING, ERROR_UNKNOWN
 */
export async function explainText(context: Context, words: readonly string[], flags: Flags): Promise<void> {
  const { surroundings, terminal } = context;
  const { env, machine, program, signal } = surroundings;
  const options = createOptionReader(flags, env);
  const format = readTextFormat(options);
  options.finish();
  const text = await readText(words, surroundings.stdin);
  const { folders, records } = openState({ ...machine, env });
  const provider = openProvider({ ...program, env }, machine.hostname);
  const inspectCluster = openInspection(env, folders);
  const explanation = await explain(text, {
    records: await records.list(),
    machine: await openTrustMachine({ ...machine, env, folders, root: '/' }),
    async readState(record) {
      const [status] = await readStatus([record], { folders, provider, inspectCluster });
      return status?.state ?? 'stopped';
    },
    resolvesHere: (host) => surroundings.resolvesHere(host, signal),
  });
  if (explanation === undefined) throw unknown();
  terminal.answer(await formatAs(format, explanation, toText));
}

async function readText(words: readonly string[], stdin: Input): Promise<string> {
  const isGiven = words.length > 0 && words.join(' ') !== '-';
  if (!isGiven && stdin.isTTY === true && words.length === 0) throw missing();
  const text = isGiven ? words.join(' ') : await readEnd(stdin);
  if (text.trim() === '') throw missing();
  return text;
}

async function readEnd(stdin: Input): Promise<string> {
  let text = '';
  stdin.setEncoding('utf8');
  for await (const piece of stdin) text = (text + String(piece)).slice(-LONGEST);
  return text;
}

function toText({ meaning, cause, commands }: Explanation): string {
  return `${meaning}\n${cause}\n\n${commands.map((command) => `  ${command}\n`).join('')}`;
}

function missing(): DevregError {
  return new DevregError('usage', 'TEXT_MISSING', 'There is no text to explain.', {
    hint: 'Give the error in quotes, or pipe it in: docker push … 2>&1 | devreg doctor explain.',
  });
}

function unknown(): DevregError {
  return new DevregError('failure', 'ERROR_UNKNOWN', 'This text is none that devreg knows.', {
    hint: 'Give all that the client said. If it is about a registry, report it with the command, and with devreg version.',
  });
}
