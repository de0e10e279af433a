/** What happened last, for people who must find out why. */

/** Lines kept; enough for the requests of one life of a registry, and those of the look before. */
const LINES_MAX = 400;

/** Lines shown of the registry's own log. */
const LOG_LINES_SHOWN = 10;

/** The last things that happened, each with the milliseconds since the first. */
export class History {
  readonly #lines: string[] = [];
  readonly #started = performance.now();

  add(who: string, text: string): void {
    this.#lines.push(`${(performance.now() - this.#started).toFixed(1).padStart(9)} ${who.padEnd(8)} ${text}`);
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
  }

  /** @param count how many of the last lines */
  last(count: number): string {
    return this.#lines.slice(-count).join('\n');
  }
}

/** Lines of a registry's output that tell of something wrong. */
export function problemsIn(output: string): string[] {
  return output.split('\n').filter((line) => line !== '' && !/^\{"time":"[^"]*","level":"(?:info|warn)"/.test(line));
}

/** Blobs that collections of garbage took out of repositories, by a registry's output. */
export function blobsCollectedIn(output: string): number {
  const counts = output.matchAll(/"event":"gc\.finished".*?"unlinked":(\d+)/g);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** The last lines of a registry's output that a person would look at. */
export function lastOf(output: string): string {
  return output.trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
}
