/** The log of a registry, read line by line while it is written. */

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string };

/** Long enough for a busy machine, short enough to see what hangs. */
const PATIENCE_MS = 30_000;

/** The lines of a log so far, and those to come. */
interface LogReader {
  readonly lines: LogLine[];
  add(text: string): void;
  end(reason: Error): void;
  waitFor(isWanted: (line: LogLine, index: number) => boolean): Promise<LogLine>;
}

/** Reads lines as they come; whoever waits for one learns of it at once, or why there will be none. */
export function readLog(): LogReader {
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  let over: Error | undefined;
  const wake = () => {
    for (const look of waiting) look();
  };
  return {
    lines,
    add(text) {
      lines.push(JSON.parse(text) as LogLine);
      wake();
    },
    end(reason) {
      over = reason;
      wake();
    },
    async waitFor(isWanted) {
      const { promise, resolve, reject } = Promise.withResolvers<LogLine>();
      const look = () => {
        const found = lines.find(isWanted);
        if (found !== undefined) resolve(found);
        else if (over !== undefined) reject(over);
      };
      const timer = setTimeout(
        () =>
          reject(new Error(`The line did not come. The log:\n${lines.map((line) => JSON.stringify(line)).join('\n')}`)),
        PATIENCE_MS,
      );
      waiting.add(look);
      look();
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(look);
      });
    },
  };
}
