/** The wire as tables: rows of request and reply, in the order in which they are sent. */
import { expect } from 'vitest';
import type { TestRegistry } from './registry-server.ts';
import type { WireReply, WireRequest } from './wire.ts';
import { errorsOf } from './wire-rules.ts';

/** One request and what must come back. */
export interface Row {
  /** Method and path; `{location}` stands for the last Location that came. */
  readonly ask: string;
  readonly headers?: NonNullable<WireRequest['headers']>;
  readonly body?: NonNullable<WireRequest['body']>;
  readonly status: number;
  /** The code of the first error. */
  readonly code?: string;
  /** Headers of the reply; undefined: it has none of that name. */
  readonly has?: Readonly<Record<string, string | RegExp | undefined>>;
  /** The body: its exact bytes, or the JSON value in it. */
  readonly is?: string | Uint8Array | object;
}

/** Sends the rows one after the other, with `headers` in each, and checks each reply. @returns the last reply */
export async function converse(
  registry: Pick<TestRegistry, 'send'>,
  rows: readonly Row[],
  headers: NonNullable<WireRequest['headers']> = {},
): Promise<WireReply> {
  let location: string | undefined;
  let last: WireReply | undefined;
  for (const row of rows) {
    last = await registry.send(toRequest(row, headers, location));
    location = last.headers.location ?? location;
    expectReply(row, last);
  }
  if (last === undefined) throw new TypeError('The table is empty.');
  return last;
}

function toRequest({ ask, headers, body }: Row, always: Row['headers'], location: string | undefined): WireRequest {
  const space = ask.indexOf(' ');
  const path = ask.slice(space + 1).replace('{location}', location ?? '{location}');
  return {
    method: ask.slice(0, space),
    path,
    headers: { ...always, ...headers },
    ...(body === undefined ? {} : { body }),
  };
}

function expectReply({ ask, status, code, has = {}, is }: Row, reply: WireReply): void {
  const what = `${ask.slice(0, 300)} gave ${reply.status} ${reply.text.slice(0, 500)}`;
  expect(reply.status, what).toBe(status);
  if (code !== undefined) expect(errorsOf(reply)[0]?.code, what).toBe(code);
  for (const [name, value] of Object.entries(has)) {
    const actual = reply.headers[name];
    if (value instanceof RegExp) expect(actual, `${name} of ${what}`).toMatch(value);
    else expect(actual, `${name} of ${what}`).toBe(value);
  }
  if (typeof is === 'string') expect(reply.text, what).toBe(is);
  else if (is instanceof Uint8Array) expect(reply.body.equals(is), what).toBe(true);
  else if (is !== undefined) expect(JSON.parse(reply.text), what).toEqual(is);
}
