/** What can go wrong on the way of a request, by reason; the transport alone knows what each looks like on the wire. */

/** Why a request was refused. */
export type Reason =
  | 'blob-unknown'
  | 'blob-referenced'
  | 'upload-unknown'
  | 'upload-out-of-order'
  | 'upload-invalid'
  | 'upload-interrupted'
  | 'digest-invalid'
  | 'digest-mismatch'
  | 'algorithm-unsupported'
  | 'size-mismatch'
  | 'manifest-unknown'
  | 'manifest-invalid'
  | 'manifest-too-large'
  | 'manifest-incomplete'
  | 'name-invalid'
  | 'name-unknown'
  | 'tag-invalid'
  | 'tag-immutable'
  | 'too-many-tags'
  | 'parameter-invalid'
  | 'credentials-needed'
  | 'credentials-wrong'
  | 'scope-insufficient'
  | 'denied'
  | 'delete-disabled'
  | 'route-unknown'
  | 'method-unsupported'
  | 'range-unsatisfiable'
  | 'request-invalid'
  | 'request-timeout'
  | 'headers-too-large'
  | 'too-many-requests'
  | 'value-invalid'
  | 'user-unknown'
  | 'user-exists'
  | 'administrator-needed'
  | 'token-unknown'
  | 'token-exists'
  | 'permission-unknown'
  | 'policy-unknown'
  | 'storage-full'
  | 'storage-unavailable';

/** A refusal with its reason, one sentence for people, and details for programs. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly reason: Reason;
  readonly detail: unknown;
  /** Seconds after which it may be tried again, where that is known. */
  readonly retryAfter: number | undefined;

  constructor(
    reason: Reason,
    message: string,
    options: { detail?: unknown; cause?: unknown; retryAfter?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.detail = options.detail;
    this.retryAfter = options.retryAfter;
  }
}
