/** The administrator's credentials: drawn where there are none yet, or where new ones are asked for. */
import { type CredentialStore, type Credentials, drawPassword } from '../state/credentials.ts';

/** How credentials shall change. */
export interface CredentialWish {
  /** Whether both are drawn anew. */
  readonly rotatePassword: boolean;
  /** A password of the user's choice; undefined: the one there is, else one that is drawn. */
  readonly password?: string | undefined;
}

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
  { rotatePassword, password }: CredentialWish,
  { credentials, drawToken }: CredentialPorts,
  undo: AsyncDisposableStack,
): Promise<Credentials> {
  const known = await credentials.find(name);
  if (known !== undefined && !isChanging({ rotatePassword, password }, known)) return known;
  undo.defer(() => (known === undefined ? credentials.remove(name) : credentials.save(name, known)));
  const token = known === undefined || rotatePassword ? drawToken() : known.token;
  const ensured = { password: password ?? drawPassword(), token };
  await credentials.save(name, ensured);
  return ensured;
}

/** Whether credentials that are there will not do. */
export function isChanging({ rotatePassword, password }: CredentialWish, known: Credentials | undefined): boolean {
  return rotatePassword || (password !== undefined && password !== known?.password);
}
