/** The administrator's credentials: drawn where there are none yet, or where new ones are asked for. */
import type { CredentialStore, Credentials } from '../state/credentials.ts';
import { drawPassword } from '../state/password.ts';

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
  wish: CredentialWish,
  { credentials, drawToken }: CredentialPorts,
  undo: AsyncDisposableStack,
): Promise<Credentials> {
  const known = await credentials.find(name);
  const settled = settleCredentials(wish, known, drawToken);
  if (settled === known) return known;
  undo.defer(() => (known === undefined ? credentials.remove(name) : credentials.save(name, known)));
  await credentials.save(name, settled);
  return settled;
}

/** Such as a registry shall have: those it has, unless they will not do. */
export function settleCredentials(
  wish: CredentialWish,
  known: Credentials | undefined,
  drawToken: () => string,
): Credentials {
  if (known !== undefined && !isChanging(wish, known)) return known;
  const token = known === undefined || wish.rotatePassword ? drawToken() : known.token;
  return { password: wish.password ?? drawPassword(), token };
}

/** Whether credentials that are there will not do. */
export function isChanging({ rotatePassword, password }: CredentialWish, known: Credentials | undefined): boolean {
  return rotatePassword || (password !== undefined && password !== known?.password);
}
