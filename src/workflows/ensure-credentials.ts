/** The administrator's credentials: drawn where there are none yet, or where new ones are asked for. */
import { type CredentialStore, type Credentials, drawPassword } from '../state/credentials.ts';

/** Where credentials are kept, and tokens drawn. */
export interface CredentialPorts {
  readonly credentials: CredentialStore;
  readonly drawToken: () => string;
}

/**
 * Ensures the credentials of a registry.
 * @param undo gets what puts the ones from before back
 */
export async function ensureCredentials(
  name: string,
  rotate: boolean,
  { credentials, drawToken }: CredentialPorts,
  undo: AsyncDisposableStack,
): Promise<Credentials> {
  const known = await credentials.find(name);
  if (known !== undefined && !rotate) return known;
  undo.defer(() => (known === undefined ? credentials.remove(name) : credentials.save(name, known)));
  const drawn = { password: drawPassword(), token: drawToken() };
  await credentials.save(name, drawn);
  return drawn;
}
