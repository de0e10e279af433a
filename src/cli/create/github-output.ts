/** Tells later steps of a GitHub job what was made. */
import { appendFile } from 'node:fs/promises';
import { translateFileErrors } from '../../errors.ts';
import { type AnyRecord, contextOf } from '../../state/record.ts';
import { registryNames } from '../../workflows/settings.ts';

/** What was made. */
export interface JobFacts {
  readonly record: AnyRecord;
  readonly credentials: { readonly password: string; readonly token: string };
  /** The file of the certificate to trust; undefined without TLS. */
  readonly ca: string | undefined;
  /** Whether the host leads to this machine. */
  readonly resolves: boolean;
  readonly tellsPassword: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Writes outputs of the step, and the name for commands of later steps. Whatever is not a job of GitHub has no files for
 * that, and gets nothing.
 * @param say gets a command for the runner, which hides the password in every log from then on
 * @throws DevregError when the file system refuses
 */
export async function tellJob(facts: JobFacts, env: Environment, say: (line: string) => void): Promise<void> {
  const { GITHUB_OUTPUT: outputs, GITHUB_ENV: variables, GITHUB_ACTIONS: isGithub } = env;
  const { record, credentials } = facts;
  if (isGithub === 'true') for (const secret of Object.values(credentials)) say(`::add-mask::${secret}`);
  if (outputs) await append(outputs, outputsOf(facts));
  if (variables) await append(variables, { DEVREG_NAME: record.name });
}

function outputsOf({ record, credentials, ca, resolves, tellsPassword }: JobFacts): Record<string, string> {
  const { name, settings } = record;
  const names = registryNames(settings);
  const registry = (resolves ? names[0] : names.at(-1)) ?? names[0];
  const [host = '', port = ''] = registry.split(':');
  return {
    name,
    registry,
    host,
    port,
    url: `${settings.tls === 'off' ? 'http' : 'https'}://${registry}`,
    user: settings.user,
    ca: ca ?? '',
    context: record.provider === 'kind' ? contextOf(name) : '',
    ...(tellsPassword && { password: credentials.password }),
  };
}

async function append(file: string, values: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(values).map(([key, value]) => `${key}=${value}\n`);
  await translateFileErrors(`write ${file}`, () => appendFile(file, lines.join('')));
}
