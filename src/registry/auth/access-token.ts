/** Access tokens as people hold them: made once, recognisable, kept only as a hash. */
import { hash, randomBytes } from 'node:crypto';

/** Access tokens begin with this, so that people and scanners recognise one. */
export const ACCESS_TOKEN_PREFIX = 'devreg_';

/** 240 bits: nobody guesses one, so a fast hash keeps it safe. */
const SECRET_BYTES = 30;

/** Makes a token that works in shells, URLs and headers as it is. */
export function newAccessToken(): string {
  return ACCESS_TOKEN_PREFIX + randomBytes(SECRET_BYTES).toString('hex');
}

/** What is stored of a token: the hex of its SHA-256. */
export function hashAccessToken(token: string): string {
  return hash('sha256', token, 'hex');
}
