/** What holds for every reply of the registry, whatever was asked. */
import { expect } from 'vitest';
import type { ErrorEntry } from '../../src/oci/error-codes.ts';
import { type WireReply, type WireRequest, valuesOf } from './wire.ts';

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
const ERROR_CODES = new Set([
  'BLOB_UNKNOWN',
  'BLOB_UPLOAD_INVALID',
  'BLOB_UPLOAD_UNKNOWN',
  'DIGEST_INVALID',
  'MANIFEST_BLOB_UNKNOWN',
  'MANIFEST_INVALID',
  'MANIFEST_UNKNOWN',
  'NAME_INVALID',
  'NAME_UNKNOWN',
  'SIZE_INVALID',
  'UNAUTHORIZED',
  'DENIED',
  'UNSUPPORTED',
  'TOOMANYREQUESTS',
]);

/** Codes of the account API besides. */
const ACCOUNT_CODES = new Set([
  ...ERROR_CODES,
  'VALUE_INVALID',
  'USER_UNKNOWN',
  'USER_EXISTS',
  'ADMINISTRATOR_NEEDED',
  'TOKEN_UNKNOWN',
  'TOKEN_EXISTS',
  'PERMISSION_UNKNOWN',
  'POLICY_UNKNOWN',
]);

/** Checks a reply: the version header, lengths, the specification's error body, challenges and Allow where they belong. */
export function expectReplyRules({ method, path }: Pick<WireRequest, 'method' | 'path'>, reply: WireReply): void {
  const { status, headers, body } = reply;
  const what = `${method} ${path.slice(0, 200)} gave ${status} ${reply.text.slice(0, 500)}`;
  expect(headers['docker-distribution-api-version'], what).toBe('registry/2.0');
  expect(headers['x-content-type-options'], what).toBe('nosniff');
  expect(headers['transfer-encoding'], what).toBeUndefined();
  if (status === 204 || status === 304) {
    expect(headers['content-length'], what).toBeUndefined();
    expect(body, what).toHaveLength(0);
  } else if (method === 'HEAD') {
    expect(headers['content-length'], what).toMatch(/^\d+$/);
    expect(body, what).toHaveLength(0);
  } else expect(headers['content-length'], what).toBe(String(body.length));
  expect(valuesOf(reply, 'www-authenticate'), what).toHaveLength(status === 401 ? 1 : 0);
  expect(valuesOf(reply, 'allow'), what).toHaveLength(status === 405 ? 1 : 0);
  expect(valuesOf(reply, 'retry-after'), what).toHaveLength([429, 503, 507].includes(status) ? 1 : 0);
  expect(headers.location ?? '/', what).toMatch(/^\/(?:v2\/[\w./:-]+)?$/);
  if (status >= 400) expectErrorBody(method, reply, what, path.startsWith('/api/') ? ACCOUNT_CODES : ERROR_CODES);
}

function expectErrorBody(method: string, reply: WireReply, what: string, codes: ReadonlySet<string>): void {
  expect(reply.headers['content-type'], what).toBe('application/json');
  expect(reply.headers['cache-control'], what).toBe('no-store');
  if (method === 'HEAD') return;
  const errors = errorsOf(reply);
  expect(errors.length, what).toBeGreaterThan(0);
  for (const { code, message, ...rest } of errors) {
    if (reply.status < 500) expect(codes, what).toContain(code);
    expect(message, what).toMatch(/\S/);
    expect(
      Object.keys(rest).filter((key) => key !== 'detail'),
      what,
    ).toEqual([]);
  }
}

/** The errors in the body of a reply. */
export function errorsOf({ text }: Pick<WireReply, 'text'>): readonly ErrorEntry[] {
  return (JSON.parse(text) as { readonly errors: readonly ErrorEntry[] }).errors;
}
