/** `devreg version`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseChoice } from '../../config/values.ts';
import type { Context } from '../context.ts';
import { VERSION } from '../version.ts';

/** Answers with the version. */
export async function showVersion({ surroundings, terminal }: Context, flags: Flags): Promise<void> {
  const options = createOptionReader(flags, surroundings.env);
  const output =
    options.read('output', 'text, wide, json or yaml', parseChoice(['text', 'wide', 'json', 'yaml'])) ?? 'text';
  options.finish();
  const { nodeVersion: node, platform, arch } = surroundings.machine;
  const facts = { version: VERSION, node, platform, arch };
  if (output === 'json') terminal.answer(`${JSON.stringify(facts, undefined, 2)}\n`);
  else if (output === 'yaml') terminal.answer((await import('yaml')).stringify(facts));
  else
    terminal.answer(
      output === 'wide' ? `devreg ${VERSION}, Node ${node}, ${platform} ${arch}\n` : `devreg ${VERSION}\n`,
    );
}
