/** Who changed what, or tried to: a line of the log for every write, whatever became of it. */
import { parseDigest } from '../oci/digest.ts';
import { parseTag } from '../oci/repository.ts';
import type { FinishedExchange } from './http/exchange.ts';
import type { TargetKind } from './http/router.ts';
import type { Log, LogFields } from './log.ts';

/** What each writing request does; reading ones are not here, and neither are those that only give tokens. */
const DEEDS: Partial<Readonly<Record<TargetKind | 'none', Readonly<Record<string, string>>>>> = {
  manifest: { PUT: 'manifest.push', DELETE: 'manifest.delete' },
  blob: { DELETE: 'blob.delete' },
  uploads: { POST: 'blob.push' },
  upload: { PATCH: 'blob.push', PUT: 'blob.push', DELETE: 'upload.cancel' },
  users: { POST: 'user.add' },
  user: { DELETE: 'user.remove' },
  password: { PUT: 'user.password' },
  'access-tokens': { POST: 'token.create' },
  'access-token': { DELETE: 'token.revoke' },
  permissions: { POST: 'permission.grant', DELETE: 'permission.revoke' },
  policies: { POST: 'policy.add', DELETE: 'policy.remove' },
};

/** An upload goes on: nothing is there yet that anybody could pull. */
const ACCEPTED = 202;

const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;

/** Writes the line, if the request was a write. */
export function auditRequest(log: Log, done: FinishedExchange): void {
  const { kind, request, status } = done;
  const deed = DEEDS[kind]?.[request.method];
  if (deed === undefined || (deed === 'blob.push' && status === ACCEPTED)) return;
  log.info('audit', {
    request: request.id,
    client: request.origin.client,
    user: request.principal.user?.name,
    token: request.principal.accessTokenId,
    deed: preciseDeed(deed, done),
    outcome: status < CLIENT_ERROR ? 'done' : status < SERVER_ERROR ? 'refused' : 'failed',
    status,
    ...(request.repository === '' ? accountFields(done) : contentFields(done)),
  });
}

function preciseDeed(deed: string, { kind, request }: FinishedExchange): string {
  if (deed === 'manifest.delete' && parseTag(request.tail) !== undefined) return 'tag.delete';
  return kind === 'uploads' && request.query.has('mount') ? 'blob.mount' : deed;
}

/** Only what is valid is written down: a refused request may name anything. */
function contentFields({ kind, request, reply }: FinishedExchange): LogFields {
  const { repository, tail, query } = request;
  const told = reply.headers['docker-content-digest'];
  const candidates = [told, tail, query.get('digest'), query.get('mount')];
  const digest = candidates.find((text) => typeof text === 'string' && parseDigest(text) !== undefined);
  const tags = reply.headers['oci-tag'];
  return {
    repository,
    reference: kind === 'manifest' ? (parseTag(tail) ?? parseDigest(tail)) : undefined,
    tags: typeof tags === 'string' ? tags : undefined,
    digest: typeof digest === 'string' ? digest : undefined,
  };
}

function accountFields({ request, reply }: FinishedExchange): LogFields {
  const named = request.names.join(' ');
  return { subject: reply.subject ?? (named === '' ? undefined : named) };
}
