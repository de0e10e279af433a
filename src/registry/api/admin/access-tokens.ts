/** Endpoints of access tokens: list, create, revoke. A token is shown once, in the reply to its creation. */
import { hashAccessToken, newAccessToken } from '../../auth/access-token.ts';
import type { AccessToken, AccountMetadata } from '../../core/account-metadata.ts';
import type { Clock } from '../../core/ports.ts';
import { RegistryError } from '../../core/registry-error.ts';
import type { Endpoint } from '../../http/endpoint.ts';
import { jsonReply } from '../../http/reply.ts';
import { accountEndpoint } from './endpoint.ts';
import { invalid, optional, readFields, required, text } from './fields.ts';
import { requireUser } from './users.ts';
import { SCOPES, SECONDS, TOKEN_NAME, formatScopes, parseScopes, parseSeconds, parseTokenName } from './values.ts';

/** More would be a program that never revokes what it creates. */
const TOKENS_MAX = 200;

/** GET of `users/{name}/tokens`. */
export function listTokens(metadata: AccountMetadata): Endpoint {
  return accountEndpoint('account', async (request) => {
    const user = await requireUser(metadata, request);
    const tokens = await metadata.listAccessTokens(user.id);
    return jsonReply(200, { tokens: tokens.map((token) => toView(token, user.name)) });
  });
}

/** POST to `users/{name}/tokens`: `{name, scopes?, expiresIn?}`. Without scopes it may what its user may. */
export function createToken(metadata: AccountMetadata, clock: Clock): Endpoint {
  return accountEndpoint('account', async (request) => {
    const fields = await readFields(request, ['name', 'scopes', 'expiresIn']);
    const name = required(fields, 'name', TOKEN_NAME, text(parseTokenName));
    const limits = optional(fields, 'scopes', SCOPES, parseScopes);
    const seconds = optional(fields, 'expiresIn', SECONDS, parseSeconds);
    const user = await requireUser(metadata, request);
    if ((await metadata.listAccessTokens(user.id)).length >= TOKENS_MAX)
      throw invalid(`There are ${TOKENS_MAX} tokens of ${user.name}: revoke one that is not needed.`);
    const token = newAccessToken();
    const expiresAt = seconds === undefined ? undefined : new Date(clock.now().getTime() + seconds * 1000);
    const hash = hashAccessToken(token);
    const created = await metadata.createAccessToken({ userId: user.id, name, hash, limits, expiresAt });
    if (created === undefined)
      throw new RegistryError('token-exists', `There is a token called ${name} of ${user.name} already.`);
    return { ...jsonReply(201, { ...toView(created, user.name), token }), subject: `${user.name} ${name}` };
  });
}

/** DELETE of `users/{name}/tokens/{name}`. */
export function revokeToken(metadata: AccountMetadata): Endpoint {
  return accountEndpoint('account', async (request) => {
    const user = await requireUser(metadata, request);
    const [, name = ''] = request.names;
    const token = (await metadata.listAccessTokens(user.id)).find((one) => one.name === name);
    if (token === undefined || !(await metadata.removeAccessToken(token.id)))
      throw new RegistryError('token-unknown', `There is no token called ${name} of ${user.name}.`);
    return { status: 204, headers: {} };
  });
}

/** What is told of a token; neither it nor its hash. */
function toView({ name, limits, createdAt, expiresAt, lastUsedAt }: AccessToken, user: string): object {
  return {
    name,
    user,
    scopes: limits === undefined ? null : formatScopes(limits),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
