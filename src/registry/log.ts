/** The log: JSON lines, written in batches so that a request never waits for it. */

/** What a line may say besides what happened. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** How much is said: a level and those before it. */
const LOG_LEVELS = ['error', 'warn', 'info'] as const;

/** One of them. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where lines of the log go. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** Writes what is still waiting. */
  flush(): void;
}

/** Lines wait at most this long. */
const FLUSH_AFTER_MS = 50;

/** Lines waiting beyond this many characters are written at once. */
const FLUSH_AT_CHARACTERS = 32 * 1024;

/**
 * Makes a log.
 * @param write takes whole lines, ended by newlines
 */
export function createLog(write: (lines: string) => void): Log {
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  const time = createTimestamps();
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === '') return;
    const lines = waiting;
    waiting = '';
    write(lines);
  };
  const add = (level: string, event: string, fields: LogFields = {}) => {
    waiting += `${JSON.stringify({ time: time(), level, event, ...fields })}\n`;
    if (waiting.length > FLUSH_AT_CHARACTERS || level === 'error') flush();
    else timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  };
  return {
    info: (event, fields) => add('info', event, fields),
    warn: (event, fields) => add('warn', event, fields),
    error: (event, fields) => add('error', event, fields),
    flush,
  };
}

/** Times as texts; many lines fall into one millisecond, and the text takes half the time of a line. */
function createTimestamps(): () => string {
  let last = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== last) text = new Date(now).toISOString();
    last = now;
    return text;
  };
}

/** The same log, without lines that say more than the level of the moment. */
export function limitLog(log: Log, level: () => LogLevel): Log {
  const says = (wanted: LogLevel) => LOG_LEVELS.indexOf(wanted) <= LOG_LEVELS.indexOf(level());
  return {
    ...log,
    info: (event, fields) => void (says('info') && log.info(event, fields)),
    warn: (event, fields) => void (says('warn') && log.warn(event, fields)),
  };
}
