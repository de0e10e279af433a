/** Requests to one registry: with credentials, again where that helps, redirected where that is allowed. */
import type { Readable } from 'node:stream';
import { DevregError } from '../../errors.ts';
import { connectionFailure } from '../connection-failure.ts';
import { discardBody } from './answer-body.ts';
import type { Answer } from './answer.ts';
import { type Authorizer, type Need, createAuthorizer } from './authorizer.ts';
import { parseChallenges } from './challenge.ts';
import { findOrigin } from './find-origin.ts';
import { strayReason } from './origins.ts';
import { registryFailure } from './registry-failure.ts';
import type { RegistryOptions } from './registry-client.ts';
import { type RetryPolicy, createRetryPolicy, isPassingError, isPassingStatus, parseRetryAfter } from './retry.ts';
import { type Transport, openTransport } from './transport.ts';

/** A request as those who know the API make it. */
export interface Ask {
  readonly method: string;
  /** From the origin on, with the query; or a whole address that the registry named. */
  readonly path: string;
  readonly need: Need;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Uint8Array | Readable;
  /** Whether the answer may be somewhere else. */
  readonly follows?: boolean;
  /** Bytes of the body that is hoped for. */
  readonly length?: number;
  /** Milliseconds without a byte. */
  readonly silence?: number;
}

/** A registry that is talked to. */
export interface Session extends Disposable {
  readonly host: string;
  readonly retries: RetryPolicy;
  /**
   * Asks. What may pass is asked again, unless the body is a stream: that is for whoever has the stream.
   * @returns an answer of any status; its body must be read or discarded
   * @throws DevregError REGISTRY_UNREACHABLE and so on; the signal's reason; what a body that is a stream failed with
   */
  ask(ask: Ask, signal: AbortSignal): Promise<Answer>;
  /** The error for an answer that is not what was hoped for. @param what as it goes after "refuses" */
  failure(answer: Answer, what: string, need: Need): Promise<DevregError>;
  /** Whether a failure of a stream may be gone the next time. */
  isPassing(error: unknown): boolean;
  /** An error of a connection in the words of the tool. */
  translate(error: unknown): unknown;
}

/** Silence in which a registry writes to its disk, or waits for another one. */
const SILENCE_MS = 60_000;
const REDIRECTS_MAX = 5;

/** Opens a session; nothing is asked before `ask`. */
export function openSession(options: RegistryOptions): Session {
  const { host, tls, credentials } = options;
  const origins = findOrigin(host, tls);
  const transport = openTransport({
    isVerified: tls === 'always' || tls === 'verify',
    authorities: options.authorities ?? [],
    clientCertificate: options.clientCertificate,
    home: origins.home,
    connectTo: options.connectTo,
    silence: options.silence ?? SILENCE_MS,
  });
  const found = new Map<string, ReturnType<typeof credentials>>();
  const find = (repository: string | undefined) => {
    const key = repository ?? '';
    const lookup = found.get(key) ?? credentials(host, repository);
    found.set(key, lookup);
    return lookup;
  };
  const authorizer = createAuthorizer(transport, () => origins.current(), find);
  const retries = createRetryPolicy(options.retries);
  const userAgent = options.userAgent ?? 'devreg';
  const attempt = async (ask: Ask, signal: AbortSignal): Promise<Answer> => {
    const origin = await origins.find(transport, (challenges) => authorizer.learn(challenges, ask.need), signal);
    return sendAuthorized({ transport, authorizer, origin, userAgent }, ask, signal);
  };
  const isPassing = (error: unknown) => isPassingError(error, origins.isFound());
  return {
    host,
    retries,
    ask: (ask, signal) =>
      askAgain(() => attempt(ask, signal), ask, { retries, isPassing, signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw isFailureOfBody(ask, error) ? error : connectionFailure(error, origins.current());
      }),
    failure: async (answer, what, need) =>
      registryFailure(answer, { address: origins.current(), what, hasShown: await authorizer.shown(need) }),
    isPassing,
    translate: (error) => connectionFailure(error, origins.current()),
    [Symbol.dispose]: () => transport[Symbol.dispose](),
  };
}

interface Patience {
  readonly retries: RetryPolicy;
  readonly isPassing: (error: unknown) => boolean;
  readonly signal: AbortSignal;
}

async function askAgain(
  attempt: () => Promise<Answer>,
  { body }: Ask,
  { retries, isPassing, signal }: Patience,
): Promise<Answer> {
  const times = isStream(body) ? 0 : retries.times;
  for (let tried = 0; ; tried++) {
    try {
      const answer = await attempt();
      if (tried >= times || !isPassingStatus(answer.statusCode ?? 0)) return answer;
      discardBody(answer);
      await retries.pause(tried, signal, parseRetryAfter(answer.headers['retry-after'], new Date()));
    } catch (error) {
      if (signal.aborted || tried >= times || !isPassing(error)) throw error;
      await retries.pause(tried, signal);
    }
  }
}

interface Sender {
  readonly transport: Transport;
  readonly authorizer: Authorizer;
  readonly origin: URL;
  readonly userAgent: string;
}

async function sendAuthorized(sender: Sender, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const { answer, isHome } = await sendFollowing(sender, ask, signal);
  const status = answer.statusCode ?? 0;
  // What another place asks for, to which the registry only leads, is no reason to show it, or its realm, a login.
  if ((status !== 401 && status !== 403) || isStream(ask.body) || !isHome) return answer;
  const challenges = parseChallenges(answer.headersDistinct['www-authenticate'] ?? []);
  const isShort = challenges.some(({ parameters }) => parameters.get('error') === 'insufficient_scope');
  if ((status === 403 && !isShort) || !sender.authorizer.learn(challenges, ask.need)) return answer;
  discardBody(answer);
  return (await sendFollowing(sender, ask, signal)).answer;
}

/** An answer, and whether the registry itself gave it. */
interface Followed {
  readonly answer: Answer;
  readonly isHome: boolean;
}

async function sendFollowing(sender: Sender, ask: Ask, signal: AbortSignal): Promise<Followed> {
  const { transport, authorizer, origin, userAgent } = sender;
  const { method, need, headers = {}, body, silence, follows = false, length } = ask;
  let url: URL = new URL(ask.path, origin);
  refuseStray(origin, url);
  for (let redirects = 0; ; redirects++) {
    const isHome = url.origin === origin.origin;
    const authorization = isHome ? await authorizer.headerFor(need, signal) : undefined;
    const answer = await transport.send(
      {
        method,
        url,
        headers: { 'user-agent': userAgent, ...headers, ...(authorization === undefined ? {} : { authorization }) },
        ...(length === undefined ? {} : { length }),
        ...(body === undefined ? {} : { body }),
        ...(silence === undefined ? {} : { silence }),
      },
      signal,
    );
    const location = answer.headers.location;
    if (!follows || location === undefined || !isRedirect(answer.statusCode ?? 0)) return { answer, isHome };
    discardBody(answer);
    if (redirects >= REDIRECTS_MAX)
      throw redirectRefused(origin, `more than ${REDIRECTS_MAX} places, one after another`);
    const next = URL.parse(location, url.href);
    if (next === null) throw redirectRefused(origin, 'what is no address');
    refuseStray(url, next);
    url = next;
  }
}

function refuseStray(from: URL, to: URL): void {
  const reason = strayReason(from, to);
  if (reason !== undefined) throw redirectRefused(from, reason);
}

function redirectRefused(from: URL, reason: string): DevregError {
  return new DevregError('failure', 'REDIRECT_REFUSED', `The registry at ${from.host} leads to ${reason}.`, {
    hint: 'Nothing was sent there. The registry, or a proxy before it, is set wrong.',
  });
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function isStream(body: Ask['body']): body is Readable {
  return body !== undefined && !(body instanceof Uint8Array);
}

/** What the stream failed with is for its owner, as it is. */
function isFailureOfBody({ body }: Ask, error: unknown): boolean {
  return isStream(body) && body.errored === error;
}
