/** Bytes that are not what they are said to be. */
import { DevregError } from '../../errors.ts';

/**
 * The error for content that its digest or size disowns.
 * @param what with where it came from: `localhost:5001/app@sha256:…`
 * @param how what is wrong: `has another digest`
 */
export function contentWrong(what: string, how: string, cause?: unknown): DevregError {
  return new DevregError('failure', 'CONTENT_WRONG', `${what} ${how}; nothing of it is kept.`, {
    hint: 'The place it came from, or something on the way, is damaged or lies. Try again, or have it from elsewhere.',
    cause,
  });
}
