/** What tests look at in tokens and challenges. */

/** The claims of a token, unchecked. */
export function claimsOf(token: string): {
  readonly sub: string;
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly access?: readonly { readonly type: string; readonly name: string; readonly actions: readonly string[] }[];
} {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as ReturnType<typeof claimsOf>;
}

/** The fields of a Bearer challenge. @throws when it is not exactly one */
export function parseChallenge(header: string | undefined): Readonly<Record<string, string>> {
  const match = /^Bearer ((?:[a-z_]+="[^"\\]*",)*[a-z_]+="[^"\\]*")$/.exec(header ?? '');
  if (match?.[1] === undefined) throw new Error(`${header} is not one Bearer challenge.`);
  return Object.fromEntries(
    [...match[1].matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** A clock that stands still until a test moves it. */
export class StoppedClock {
  #now: number;

  constructor(start = Date.parse('2026-11-21T10:00:00.000Z')) {
    this.#now = start;
  }

  now(): Date {
    return new Date(this.#now);
  }

  advance(seconds: number): void {
    this.#now += seconds * 1000;
  }
}
