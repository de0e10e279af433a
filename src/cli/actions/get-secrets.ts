/** `devreg get secrets`: what to log in with, in every form that somebody takes (S0-05 to S0-07). */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { chooseName, noSuchRegistry } from '../../workflows/chosen-registry.ts';
import { openState } from '../../workflows/open-state.ts';
import { type Secret, secretsOf } from '../../workflows/secrets.ts';
import type { Context } from '../context.ts';
import { READ_FORMATS, SECRET_FORMATS, parseOutputFormat } from '../output/format.ts';
import { type ListView, answerList, formatList } from '../output/list.ts';
import { isSecretFormat, formatSecret } from '../output/secret.ts';

const VIEW: ListView<Secret> = {
  columns: [
    { heading: 'NAME', cell: ({ name }) => name },
    { heading: 'NAMESPACE', cell: ({ namespace }) => namespace },
    { heading: 'USERNAME', cell: ({ username }) => username },
    { heading: 'PASSWORD', cell: ({ password }) => password },
    { heading: 'TOKEN', cell: ({ token }) => token },
    { heading: 'DATA', cell: ({ data }) => String(Object.keys(data).length) },
  ],
  wideColumns: [
    { heading: 'REGISTRY', cell: ({ registry }) => registry },
    { heading: 'CA', cell: ({ ca }) => ca ?? '-' },
  ],
  nameOf: ({ name }) => `secret/${name}`,
};

/** Why there is no secret, and what to do next. */
interface Nothing {
  readonly message: string;
  readonly hint: string;
}

const NOT_ASKED: Nothing = { message: 'There is no such secret.', hint: 'devreg get secrets shows all there are.' };

function lost(name: string): Nothing {
  const message = `No secrets: the password of ${name} is not in devreg's files any more.`;
  return { message, hint: `devreg create --name ${name} draws a new one.` };
}

/**
 * Answers with the secrets of a registry.
 * @throws DevregError REGISTRY_NOT_FOUND after having answered with an empty list; SECRET_NOT_FOUND where only a
 *   secret would do
 */
export async function getSecrets({ surroundings, terminal }: Context, flags: Flags): Promise<void> {
  const { env, machine } = surroundings;
  const options = createOptionReader(flags, env);
  const format = parseOutputFormat(options.read('output', 'a format', parseText) ?? 'table', [
    ...READ_FORMATS,
    ...SECRET_FORMATS,
  ]);
  const packages = (options.readAll('packages', 'names', parseText) ?? []).flatMap((names) =>
    names.split(',').map((name) => name.trim()),
  );
  const chosen = options.read('name', 'a name', parseText);
  options.finish();

  const { folders, records, credentials } = openState({ ...machine, env });
  const all = await records.list();
  const name = chooseName(chosen, all);
  const record = all.find((one) => one.name === name);
  if (record === undefined) {
    // Where an empty list cannot be told, that the registry is missing says enough.
    const isPlain = format.kind === 'jsonpath' || isSecretFormat(format.kind);
    if (!isPlain) terminal.answer(await formatList<Secret>([], format, VIEW));
    throw noSuchRegistry(name, all);
  }
  const known = await credentials.find(name);
  const secrets = secretsOf(record, known, packages, folders);
  const { message, hint } = known === undefined ? lost(name) : NOT_ASKED;
  if (!isSecretFormat(format.kind)) return answerList(terminal, secrets, format, VIEW, `${message} ${hint}`);
  const [secret] = secrets;
  // A program that waits for a password must not be given an empty one.
  if (secret === undefined || known === undefined)
    throw new DevregError('not-found', 'SECRET_NOT_FOUND', message, { hint });
  terminal.answer(await formatSecret(format.kind, secret, { record, credentials: known }));
}
