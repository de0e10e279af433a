/** Refusals on the wire: which status and which of the specification's codes each reason has. */
import type { ErrorCode } from '../../oci/error-codes.ts';
import { type Reason, RegistryError } from '../core/registry-error.ts';
import { type Reply, type ReplyHeaders, jsonReply } from './reply.ts';

/** Codes of the account API, which is no part of the specification. */
type AccountCode =
  | 'VALUE_INVALID'
  | 'USER_UNKNOWN'
  | 'USER_EXISTS'
  | 'ADMINISTRATOR_NEEDED'
  | 'TOKEN_UNKNOWN'
  | 'TOKEN_EXISTS'
  | 'PERMISSION_UNKNOWN'
  | 'POLICY_UNKNOWN';

type Wire = readonly [status: number, code: ErrorCode | AccountCode | 'UNKNOWN' | 'UNAVAILABLE'];

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
const WIRE: Readonly<Record<Reason, Wire>> = {
  'blob-unknown': [404, 'BLOB_UNKNOWN'],
  'blob-referenced': [405, 'UNSUPPORTED'],
  'upload-unknown': [404, 'BLOB_UPLOAD_UNKNOWN'],
  'upload-out-of-order': [416, 'BLOB_UPLOAD_INVALID'],
  'upload-invalid': [400, 'BLOB_UPLOAD_INVALID'],
  'upload-interrupted': [400, 'BLOB_UPLOAD_INVALID'],
  'digest-invalid': [400, 'DIGEST_INVALID'],
  'digest-mismatch': [400, 'DIGEST_INVALID'],
  'algorithm-unsupported': [400, 'DIGEST_INVALID'],
  'size-mismatch': [400, 'SIZE_INVALID'],
  'manifest-unknown': [404, 'MANIFEST_UNKNOWN'],
  'manifest-invalid': [400, 'MANIFEST_INVALID'],
  'manifest-too-large': [413, 'MANIFEST_INVALID'],
  'manifest-incomplete': [400, 'MANIFEST_BLOB_UNKNOWN'],
  'name-invalid': [400, 'NAME_INVALID'],
  'name-unknown': [404, 'NAME_UNKNOWN'],
  'tag-invalid': [400, 'MANIFEST_INVALID'],
  'tag-immutable': [409, 'DENIED'],
  'too-many-tags': [414, 'UNSUPPORTED'],
  'parameter-invalid': [400, 'UNSUPPORTED'],
  'credentials-needed': [401, 'UNAUTHORIZED'],
  'credentials-wrong': [401, 'UNAUTHORIZED'],
  'scope-insufficient': [401, 'UNAUTHORIZED'],
  denied: [403, 'DENIED'],
  'delete-disabled': [405, 'UNSUPPORTED'],
  'route-unknown': [404, 'UNSUPPORTED'],
  'method-unsupported': [405, 'UNSUPPORTED'],
  'range-unsatisfiable': [416, 'SIZE_INVALID'],
  'request-invalid': [400, 'UNSUPPORTED'],
  'request-timeout': [408, 'UNSUPPORTED'],
  'headers-too-large': [431, 'UNSUPPORTED'],
  'too-many-requests': [429, 'TOOMANYREQUESTS'],
  'value-invalid': [400, 'VALUE_INVALID'],
  'user-unknown': [404, 'USER_UNKNOWN'],
  'user-exists': [409, 'USER_EXISTS'],
  'administrator-needed': [409, 'ADMINISTRATOR_NEEDED'],
  'token-unknown': [404, 'TOKEN_UNKNOWN'],
  'token-exists': [409, 'TOKEN_EXISTS'],
  'permission-unknown': [404, 'PERMISSION_UNKNOWN'],
  'policy-unknown': [404, 'POLICY_UNKNOWN'],
  'storage-full': [507, 'UNAVAILABLE'],
  'storage-unavailable': [503, 'UNAVAILABLE'],
};

/** Errors of the operating system and of SQLite that mean the store is full. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);

/** Reasons a client may try again after. */
const PASSING: ReadonlySet<Reason> = new Set<Reason>(['too-many-requests', 'storage-unavailable', 'storage-full']);

/** Seconds after which a client may try again what failed for a passing reason. */
const RETRY_AFTER_SECONDS = 5;

/** Turns whatever was thrown into a refusal; undefined when it is a fault of the program and not of its surroundings. */
export function toRegistryError(error: unknown): RegistryError | undefined {
  if (error instanceof RegistryError) return error;
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (FULL.has(code) || isSqlite(error, SQLITE_FULL))
    return new RegistryError('storage-full', 'The registry has no space left.', { cause: error });
  if (/^E[A-Z]+$/.test(code) || code === 'ERR_SQLITE_ERROR') {
    return new RegistryError('storage-unavailable', "The registry's storage does not work at the moment.", {
      cause: error,
    });
  }
  return undefined;
}

/** SQLite's primary result code for a full disk. */
const SQLITE_FULL = 13;

function isSqlite(error: Error, primary: number): boolean {
  return 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === primary;
}

/** The status a reason is answered with. */
export function statusOf(reason: Reason): number {
  return WIRE[reason][0];
}

/** The reply to a refusal, with the error body of the specification. */
export function errorReply(error: RegistryError, headers: ReplyHeaders = {}): Reply {
  const [status, code] = WIRE[error.reason];
  const entry = { code, message: error.message, ...(error.detail === undefined ? {} : { detail: error.detail }) };
  const retry: ReplyHeaders = PASSING.has(error.reason)
    ? { 'retry-after': String(error.retryAfter ?? RETRY_AFTER_SECONDS) }
    : {};
  return jsonReply(status, { errors: [entry] }, { 'cache-control': 'no-store', ...retry, ...headers });
}

/** The reply to a fault of the program: it says nothing of the inside. */
export function faultReply(requestId: string): Reply {
  const message = `The registry failed. Its log has the reason under request ${requestId}.`;
  return jsonReply(500, { errors: [{ code: 'UNKNOWN', message }] }, { 'cache-control': 'no-store' });
}
