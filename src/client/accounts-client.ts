/** The account API of a registry, as functions. */
import { DevregError } from '../errors.ts';
import { accountFailure } from './account-failure.ts';
import {
  type AccountPermission,
  type AccountPolicy,
  type AccountToken,
  type AccountUser,
  type CreatedToken,
  isCreatedToken,
  isListOf,
  isPermission,
  isPolicy,
  isToken,
  isUser,
} from './account-shapes.ts';
import { type Connection, type Question, ask } from './connection.ts';

/** A token to be made. */
interface WantedToken {
  readonly name: string;
  readonly scopes: readonly string[] | undefined;
  /** Seconds; undefined: it has no end. */
  readonly expiresIn: number | undefined;
}

/**
 * Manages accounts. Every method throws a DevregError when the registry refuses: LOGIN_REFUSED, ACCESS_DENIED, and by
 * what it is about USER_NOT_FOUND, USER_EXISTS and so on.
 */
export interface AccountsClient {
  /** Who is logged in. */
  readonly user: string;
  listUsers(): Promise<readonly AccountUser[]>;
  addUser(user: { readonly name: string; readonly password: string; readonly admin: boolean }): Promise<AccountUser>;
  changePassword(name: string, password: string): Promise<void>;
  removeUser(name: string): Promise<void>;
  listTokens(user: string): Promise<readonly AccountToken[]>;
  createToken(user: string, token: WantedToken): Promise<CreatedToken>;
  revokeToken(user: string, name: string): Promise<void>;
  listPermissions(): Promise<readonly AccountPermission[]>;
  grantPermission(permission: AccountPermission): Promise<AccountPermission>;
  /** Takes the actions, or all when there are none. */
  revokePermission(permission: AccountPermission): Promise<void>;
  listPolicies(): Promise<readonly AccountPolicy[]>;
  addPolicy(policy: AccountPolicy): Promise<AccountPolicy>;
  removePolicy(policy: AccountPolicy): Promise<void>;
}

const ROOT = '/api/devreg/v1';

/** Makes the client; nothing is asked before a method is called. */
export function createAccountsClient(connection: Connection, signal: AbortSignal): AccountsClient {
  const read = async <T>(question: Question, isRight: (body: unknown) => body is T): Promise<T> => {
    const answer = await ask(connection, question, signal);
    if (answer.status >= 300) throw accountFailure(answer, connection);
    if (!isRight(answer.body)) throw notUnderstood(connection);
    return answer.body;
  };
  const act = async (question: Question): Promise<void> => {
    const answer = await ask(connection, question, signal);
    if (answer.status >= 300 || answer.status < 200) throw accountFailure(answer, connection);
  };
  const get = (path: string): Question => ({ method: 'GET', path: `${ROOT}/${path}` });
  const post = (path: string, body: object): Question => ({ method: 'POST', path: `${ROOT}/${path}`, body });
  const remove = (path: string): Question => ({ method: 'DELETE', path: `${ROOT}/${path}` });
  const userPath = (name: string) => `users/${encodeURIComponent(name)}`;

  return {
    user: connection.user,
    listUsers: async () => (await read(get('users'), (body) => isListOf(body, 'users', isUser))).users,
    addUser: (user) => read(post('users', user), isUser),
    changePassword: (name, password) =>
      act({ method: 'PUT', path: `${ROOT}/${userPath(name)}/password`, body: { password } }),
    removeUser: (name) => act(remove(userPath(name))),
    listTokens: async (user) =>
      (await read(get(`${userPath(user)}/tokens`), (body) => isListOf(body, 'tokens', isToken))).tokens,
    createToken: (user, token) => read(post(`${userPath(user)}/tokens`, token), isCreatedToken),
    revokeToken: (user, name) => act(remove(`${userPath(user)}/tokens/${encodeURIComponent(name)}`)),
    listPermissions: async () =>
      (await read(get('permissions'), (body) => isListOf(body, 'permissions', isPermission))).permissions,
    grantPermission: (permission) => read(post('permissions', permission), isPermission),
    revokePermission: ({ grantee, pattern, actions }) =>
      act(remove(`permissions?${queryOf({ grantee, pattern, actions: actions.join(',') })}`)),
    listPolicies: async () => (await read(get('policies'), (body) => isListOf(body, 'policies', isPolicy))).policies,
    addPolicy: (policy) => read(post('policies', policy), isPolicy),
    removePolicy: ({ kind, pattern, tags }) => act(remove(`policies?${queryOf({ kind, pattern, tags: tags ?? '' })}`)),
  };
}

/** Leaves out what is empty. */
function queryOf(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString();
}

function notUnderstood({ address }: Connection): DevregError {
  return new DevregError('failure', 'ANSWER_STRANGE', `The answer of ${address.origin} is not understood.`, {
    hint: 'Another program answers there, or a registry of another version.',
  });
}
