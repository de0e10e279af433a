/** One secret, in the forms that programs take as they are. */
import { type SecretSource, dockerConfigOf, pullSecretOf } from '../../workflows/pull-secret.ts';
import type { Secret } from '../../workflows/secrets.ts';
import { quoteWord } from '../create/shell.ts';
import { SECRET_FORMATS } from './format.ts';

/** A form in which there is one secret and nothing else. */
export type SecretFormat = (typeof SECRET_FORMATS)[number];

/** Whether a form has no place for none. */
export function isSecretFormat(kind: string): kind is SecretFormat {
  return SECRET_FORMATS.some((format) => format === kind);
}

/** Writes a secret down. */
export async function formatSecret(kind: SecretFormat, secret: Secret, source: SecretSource): Promise<string> {
  switch (kind) {
    case 'password':
      return `${secret.password}\n`;
    case 'token':
      return `${secret.token}\n`;
    case 'env':
      return formatVariables(secret);
    case 'dockerconfigjson':
      return `${JSON.stringify(dockerConfigOf(source))}\n`;
    case 'k8s':
      return (await import('yaml')).stringify(pullSecretOf(source), { lineWidth: 0 });
  }
}

/** Lines for `eval`, and for files of variables as long as nothing in them needs quoting. */
function formatVariables({ registry, username, password, token, ca }: Secret): string {
  const variables = {
    REGISTRY: registry,
    USERNAME: username,
    PASSWORD: password,
    TOKEN: token,
    ...(ca !== null && { CA: ca }),
  };
  return Object.entries(variables)
    .map(([name, value]) => `DEVREG_${name}=${quoteWord(value)}\n`)
    .join('');
}
