/** The name that `create` is given, by any of the options that people know for it. */
import type { OptionReader } from '../../config/option-reader.ts';
import { NAME } from '../../config/kinds.ts';
import { DevregError } from '../../errors.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * Reads `--build-name`, which idpbuilder has kept for those who used it before there was `--name`.
 * @param name what `--name` says
 * @throws DevregError OPTIONS_CLASH
 */
export function readName(
  name: string | undefined,
  options: OptionReader,
  terminal: Pick<Terminal, 'warn'>,
): string | undefined {
  const old = options.read('buildName', NAME.expected, NAME.parse);
  if (old === undefined) return name;
  if (options.rankOf('name') === options.rankOf('buildName') && name !== old)
    throw new DevregError('usage', 'OPTIONS_CLASH', 'Give either --name or --build-name.');
  terminal.warn('--build-name is deprecated; use --name instead.');
  return options.rankOf('name') < options.rankOf('buildName') ? name : old;
}
