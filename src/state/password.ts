/** Draws passwords. */
import { randomInt } from 'node:crypto';

/** Nothing that a shell, a URL, or a double-click would take for more than one word. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 190 bits. */
const PASSWORD_LENGTH = 32;

/** Draws a password. */
export function drawPassword(): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
