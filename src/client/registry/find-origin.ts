/** How a registry is reached: by TLS, or by plain HTTP where that is allowed and it has no TLS. */
import { systemCodeOf } from '../../errors.ts';
import { discardBody } from './answer-body.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { isLoopback } from './origins.ts';
import type { RegistryOptions } from './registry-client.ts';
import type { Transport } from './transport.ts';

/** The origin of a registry, found once. */
export interface OriginFinder {
  /** The host and port that is connected to, as URLs have it. */
  readonly home: string;
  isFound(): boolean;
  /** What is found, or the first that would be tried. */
  current(): URL;
  /**
   * Finds it by asking for `/v2/`.
   * @param onChallenge hears what it wants to be shown
   */
  find(
    transport: Transport,
    onChallenge: (challenges: readonly Challenge[]) => void,
    signal: AbortSignal,
  ): Promise<URL>;
}

/** Where Docker Hub's registry really is. */
const HUB_HOST = 'registry-1.docker.io';

/** Makes a finder; nothing is asked yet. */
export function findOrigin(host: string, tls: RegistryOptions['tls']): OriginFinder {
  const home = host === 'docker.io' ? HUB_HOST : host;
  const secure = new URL(`https://${home}`);
  const open = new URL(`http://${home}`);
  const mayBeOpen = tls === 'skip' || (tls === 'verify' && isLoopback(secure.hostname));
  const candidates = tls === 'plain' ? [open] : mayBeOpen ? [secure, open] : [secure];
  const [first = secure] = candidates;
  let found: URL | undefined;
  let finding: Promise<URL> | undefined;
  return {
    home: first.host,
    isFound: () => found !== undefined,
    current: () => found ?? first,
    find(transport, onChallenge, signal) {
      if (found !== undefined) return Promise.resolve(found);
      finding ??= firstThatAnswers(candidates, transport, signal)
        .then(({ origin, challenges }) => {
          found = origin;
          if (challenges.length > 0) onChallenge(challenges);
          return origin;
        })
        .finally(() => (finding = undefined));
      return finding;
    },
  };
}

async function firstThatAnswers(
  candidates: readonly URL[],
  transport: Transport,
  signal: AbortSignal,
): Promise<{ readonly origin: URL; readonly challenges: readonly Challenge[] }> {
  for (const [index, origin] of candidates.entries()) {
    const isLast = index === candidates.length - 1;
    if (!isLast && (await transport.isPlain(origin, signal))) continue;
    try {
      const answer = await transport.send({ method: 'GET', url: new URL('/v2/', origin), headers: {} }, signal);
      discardBody(answer);
      const headers = answer.statusCode === 401 ? (answer.headersDistinct['www-authenticate'] ?? []) : [];
      return { origin, challenges: parseChallenges(headers) };
    } catch (error) {
      if (isLast || !speaksNoTls(error)) throw error;
    }
  }
  throw new Error('There is nothing to try.');
}

/** What TLS says of an answer in plain HTTP, of a connection that is closed at once, and of the port 443 with nobody there. */
function speaksNoTls(error: unknown): boolean {
  const code = systemCodeOf(error) ?? '';
  return code === 'EPROTO' || code === 'ECONNRESET' || code === 'ECONNREFUSED' || code.startsWith('ERR_SSL_');
}
