/** A registry served as a user serves it: `devreg registry serve` in a process of its own. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildProgram } from './build.ts';
import { type LogLine, readLog } from './log-reader.ts';
import type { Machine } from './machine.ts';
import { type Finished, failure } from './program.ts';

/** One request as the log has it. */
interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly host: string;
  readonly client: string;
  readonly user: string | undefined;
  /** Bytes of body that were sent. */
  readonly bytes: number;
}

/** Who may write. */
export interface Account {
  readonly user: string;
  readonly password: string;
}

/** A registry that answers. Disposing stops it as a supervisor would, and fails when it does not end well. */
export interface ServedRegistry extends AsyncDisposable {
  readonly pid: number;
  /** In the order of `listen`. */
  readonly ports: readonly number[];
  /** Undefined when it is open to all. */
  readonly account: Account | undefined;
  readonly dataDir: string;
  /** Every line so far. */
  readonly log: readonly LogLine[];
  /** The requests since `mark`, or all of them, once everything answered so far is in the log. */
  requests(mark?: number): Promise<readonly LoggedRequest[]>;
  /** A place in the log, for `requests`. */
  mark(): Promise<number>;
  /** Waits for a line. @throws when it does not come */
  waitFor(isWanted: (line: LogLine) => boolean): Promise<LogLine>;
  /** Tells it to end, as a supervisor does, and waits until it has. */
  stop(): Promise<Finished>;
  /** Ends it at once, as a crash would. */
  crash(): Promise<void>;
}

/** How it is to be served. */
export interface ServeOptions {
  readonly listen: readonly string[];
  /** Further flags of `devreg registry serve`. */
  readonly flags?: readonly string[];
  /** Who may write; by default nobody is made, and the registry is open to all. */
  readonly account?: Account;
  /** A folder that is there already; by default a new one. */
  readonly dataDir?: string;
}

/** What container engines give a program to end (S2-09). */
const STOP_MS = 10_000;

/** An administrator with a password that nobody else has. */
export function newAccount(user: string): Account {
  return { user, password: randomBytes(12).toString('base64url') };
}

/** Serves a registry on a machine. @throws ProgramFailed when it ends before it listens */
export async function serveRegistry(
  machine: Machine,
  { listen, flags = [], account, dataDir = newFolder(machine) }: ServeOptions,
): Promise<ServedRegistry> {
  const log = readLog();
  const line = [
    'node',
    await buildProgram(),
    'registry',
    'serve',
    ...listen.flatMap((address) => ['--listen', address]),
    '--data-dir',
    dataDir,
    ...(await accountFlags(machine, account)),
    ...flags,
  ].join(' ');
  const running = machine.start(line, {}, log.add);
  void running.finished.then((finished) => log.end(failure(line, finished)));
  await log.waitFor(
    (_, index) => log.lines.slice(0, index + 1).filter(({ event }) => event === 'listening').length === listen.length,
  );
  const ports = log.lines.filter(({ event }) => event === 'listening').map(({ port }) => Number(port));
  const settle = async () => {
    const agent = `settle/${randomUUID()}`;
    await machine.sh(`curl -sS -o /dev/null -A ${agent} http://127.0.0.1:${ports[0]}/v2/`);
    await log.waitFor((entry) => entry['agent'] === agent);
  };
  let isOver = false;
  const end = async (signal: NodeJS.Signals): Promise<Finished> => {
    isOver = true;
    running.kill(signal);
    return running.finished;
  };
  return {
    pid: running.pid,
    ports,
    account,
    dataDir,
    log: log.lines,
    async mark() {
      await settle();
      return log.lines.length;
    },
    async requests(mark = 0) {
      await settle();
      return log.lines.slice(mark).filter(isRequest).map(toRequest);
    },
    waitFor: (isWanted) => log.waitFor(isWanted),
    stop: () => end('SIGTERM'),
    crash: async () => void (await end('SIGKILL')),
    async [Symbol.asyncDispose]() {
      if (isOver) return;
      const finished = await Promise.race([end('SIGTERM'), delay(STOP_MS, undefined, { ref: false })]);
      if (finished === undefined) running.kill();
      if (finished?.exitCode !== 0) throw failure(line, finished ?? { ...(await running.finished), timedOut: true });
    },
  };
}

function newFolder(machine: Machine): string {
  return join(machine.folder, `data-${randomUUID()}`);
}

async function accountFlags(machine: Machine, account: Account | undefined): Promise<string[]> {
  if (account === undefined) return [];
  const file = join(machine.folder, `password-${randomUUID()}`);
  await machine.write(file, `${account.password}\n`);
  return ['--user', account.user, '--password-file', file];
}

/** Requests of `settle` are no clients'. */
function isRequest(line: LogLine): boolean {
  return line.event === 'request' && !String(line['agent']).startsWith('settle/');
}

function toRequest(line: LogLine): LoggedRequest {
  const { method, path, status, host, client, user, bytes } = line;
  return {
    method: String(method),
    path: String(path),
    status: Number(status),
    host: String(host),
    client: String(client),
    bytes: Number(bytes),
    user: typeof user === 'string' ? user : undefined,
  };
}
