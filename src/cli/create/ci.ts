/** What `create` does otherwise in the jobs of a CI: nobody is there to be asked, and others run beside it (C-04). */
import { randomBytes } from 'node:crypto';
import type { OptionReader } from '../../config/option-reader.ts';
import { parseSwitch } from '../../config/values.ts';

/** How a job is treated. */
export interface CiWish {
  /** Whether this is a job: nobody is asked, and what comes after is told. */
  readonly isJob: boolean;
  /** Whether the registry is for this job alone: a name and ports that nobody else has, where none are given. */
  readonly isEphemeral: boolean;
  /** Whether the password is told to later steps, too. */
  readonly tellsPassword: boolean;
}

/** How names of registries begin that are for one job. */
const PREFIX = 'ci-';

/** Reads what is said about it; `CI` and `GITHUB_ACTIONS` are set by those who run jobs. */
export function readCi(options: OptionReader, env: Readonly<Record<string, string | undefined>>): CiWish {
  const asked = options.read('ci', 'yes or no', parseSwitch);
  const isDetected = [env['CI'], env['GITHUB_ACTIONS']].some(
    (text) => text !== undefined && parseSwitch(text) === true,
  );
  return {
    isJob: asked ?? isDetected,
    isEphemeral: asked ?? false,
    tellsPassword: options.readSwitch('outputPassword'),
  };
}

/** A name that no other job has. */
export function drawName(): string {
  return `${PREFIX}${randomBytes(4).toString('hex')}`;
}

/** Ports that are free, where neither the user nor a profile says which. */
export function freePorts(wanted: {
  readonly profile?: unknown;
  readonly port?: number;
  readonly registryPort?: number;
}): {
  readonly port?: number;
  readonly registryPort?: number;
} {
  if (wanted.profile !== undefined) return {};
  return { port: wanted.port ?? 0, registryPort: wanted.registryPort ?? 0 };
}
