/** Which container engine is wished for, where nobody says it to devreg itself. Pure. */
import { DevregError } from '../errors.ts';

/** The engines by name. */
export const ENGINES = ['docker', 'podman'] as const;

/** An engine by its name, or whichever answers. */
export type EngineWish = (typeof ENGINES)[number] | 'auto';

/** The variable by which people tell kind. */
const OF_KIND = 'KIND_EXPERIMENTAL_PROVIDER';

/**
 * Reads what devreg was told, else what kind is told by its own variable.
 * @param told by an option or `DEVREG_ENGINE`
 * @returns the only engine that will do; undefined: the first that answers
 * @throws DevregError ENGINE_UNSUPPORTED when kind is to work with one that devreg does not know
 */
export function readEngineWish(
  told: EngineWish | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Exclude<EngineWish, 'auto'> | undefined {
  if (told === 'auto') return undefined;
  if (told !== undefined) return told;
  const wanted = env[OF_KIND]?.trim();
  if (wanted === undefined || wanted === '') return undefined;
  const known = ENGINES.find((engine) => engine === wanted);
  if (known !== undefined) return known;
  const message = `${OF_KIND} is ${JSON.stringify(wanted)}, an engine that devreg does not work with.`;
  throw new DevregError('prerequisite', 'ENGINE_UNSUPPORTED', message, {
    hint: 'Choose docker or podman with --engine, or DEVREG_ENGINE.',
  });
}
