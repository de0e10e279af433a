/** Why a registry could not be asked, in the words of the tool. */
import { DevregError, systemCodeOf } from '../errors.ts';

/** Translates what sockets, TLS and HTTP fail with. What has been translated, and what is a bug, stays as it is. */
export function connectionFailure(error: unknown, address: URL): unknown {
  if (error instanceof DevregError || systemCodeOf(error) === undefined) return error;
  const words = error instanceof Error ? error.message : String(error);
  if (isUntrusted(error)) {
    return new DevregError(
      'failure',
      'REGISTRY_UNTRUSTED',
      `The certificate of ${address.host} is not trusted: ${words}.`,
      {
        hint: 'Name the registry as its certificate does; NODE_EXTRA_CA_CERTS names a file with an authority to trust.',
        cause: error,
      },
    );
  }
  return new DevregError(
    'failure',
    'REGISTRY_UNREACHABLE',
    `The registry at ${address.origin} cannot be asked: ${words}.`,
    {
      hint: "See whether it runs, one of devreg's with devreg status; check its name, and the way there.",
      cause: error,
    },
  );
}

/** For a registry that says nothing any more. */
export function silenceFailure(address: URL): DevregError {
  return new DevregError('timeout', 'REGISTRY_TIMEOUT', `The registry at ${address.origin} does not answer.`, {
    hint: 'See devreg logs.',
  });
}

/** For a connection that ends before its time, as node:net would name it. */
export function closedEarly(): Error {
  return Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' });
}

function isUntrusted(error: unknown): boolean {
  return /CERT|SIGNATURE|ISSUER/.test(systemCodeOf(error) ?? '');
}
