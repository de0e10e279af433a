/** Signed tokens: JSON Web Tokens of exactly one form, so that nothing in a token decides how it is checked. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** A token longer than this is not one of ours. */
const TOKEN_MAX_LENGTH = 32 * 1024;

/** The only header there is. A token with any other, whatever algorithm or key it names, is refused unread. */
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

/** Signs claims. */
export function signToken(claims: object, key: Uint8Array): string {
  const signed = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${signed}.${signatureOf(signed, key)}`;
}

/**
 * Checks header and signature, in constant time, and nothing else.
 * @returns the claims, or undefined when the token was not signed with the key
 */
export function openToken(token: string, key: Uint8Array): unknown {
  if (token.length > TOKEN_MAX_LENGTH || !token.startsWith(`${HEADER}.`)) return undefined;
  const end = token.lastIndexOf('.');
  // As written, not as decoded: several texts decode to the same bytes, and a token has one form.
  const signature = Buffer.from(token.slice(end + 1));
  const expected = Buffer.from(signatureOf(token.slice(0, end), key));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
  return JSON.parse(Buffer.from(token.slice(HEADER.length + 1, end), 'base64url').toString());
}

function signatureOf(text: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
