/** A call: what a client asks in one request, what it may come to, and how its answer reads. */
import type { Answer, Sending } from '../client/http-client.ts';
import type { AboutBlobs } from '../model/promises.ts';
import type { State } from '../model/state.ts';
import type { Question } from '../model/worlds.ts';

/** One request whose effect, if any, happens at one moment. */
export interface Call extends Question, AboutBlobs {
  readonly sending: Sending;
  /** The answer as a text that can be compared; what is wrong with its bytes stands in it. */
  read(answer: Answer): string;
}

/** An outcome that changes nothing. */
export function unchanged(state: State, answer: string): { answer: string; next: State } {
  return { answer, next: state };
}

/** An answer's status, and the specification's code where it is a refusal. */
export function statusText({ status, headers, body }: Answer, method: Sending['method']): string {
  if (status < 400 || method === 'HEAD') return String(status);
  return `${status} ${errorCodes(headers['content-type'], body)}`;
}

function errorCodes(contentType: string | undefined, body: Buffer): string {
  if (contentType !== 'application/json') return `with an error of type ${contentType}`;
  const document: unknown = JSON.parse(body.toString());
  const errors = isObject(document) ? document['errors'] : undefined;
  if (!Array.isArray(errors) || errors.length === 0) return `without errors: ${body.toString()}`;
  return errors
    .map((error: unknown) =>
      isObject(error) && typeof error['message'] === 'string' ? String(error['code']) : 'malformed',
    )
    .join(',');
}

/** Whether JSON is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first characters of a digest, for people. */
export function short(digest: string): string {
  return digest.slice(0, digest.indexOf(':') + 9);
}
