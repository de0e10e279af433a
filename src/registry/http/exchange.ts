/** One request and its reply: route, authenticate, authorize, answer, send. */
import type { Access, Principal } from '../core/access.ts';
import { type MaybePromise, andThen } from '../core/maybe-promise.ts';
import { RegistryError } from '../core/registry-error.ts';
import { demand, isManaging, scopeOf } from './demand.ts';
import type { Endpoint, EndpointRequest, EndpointTable, Method } from './endpoint.ts';
import { errorReply, faultReply, statusOf, toRegistryError } from './error-reply.ts';
import type { HttpMessage, HttpResponse } from './http-message.ts';
import { IncomingRequest } from './incoming-request.ts';
import type { OriginReader } from './origin.ts';
import { type Reply, type ReplyHeaders, sendReply } from './reply.ts';
import type { Challenged } from './request.ts';
import type { RouteTable } from './route.ts';
import { type TargetKind, parseTarget } from './router.ts';

/** What exchanges need from the rest of the registry. */
export interface ExchangeParts {
  readonly endpoints: EndpointTable;
  readonly routes: RouteTable;
  readonly readOrigin: OriginReader;
  /**
   * @param client gives the address the request comes from
   * @throws RegistryError `credentials-wrong`, `too-many-requests`
   */
  authenticate(authorization: string | undefined, client: () => string): MaybePromise<Principal>;
  readonly access: Access;
  /** The one challenge, with a realm the client can reach. */
  challenge(challenged: Challenged): string;
  onDone(done: FinishedExchange): void;
  /** Something went wrong that the client is not told. */
  onFault(requestId: string, error: unknown): void;
}

/** What is known when a reply was sent. */
export interface FinishedExchange {
  readonly request: EndpointRequest;
  /** What the path names. */
  readonly kind: TargetKind | 'none';
  readonly reply: Pick<Reply, 'headers' | 'subject'>;
  readonly status: number;
  /** Bytes of body that came. */
  readonly received: number;
  /** Bytes of body sent. */
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Handles one message, at once when it can; `invite` is given when the client waits for `100 Continue`. */
export type Exchange = (message: HttpMessage, response: HttpResponse, invite?: () => void) => MaybePromise<void>;

/** Makes the handler of all messages. */
export function createExchange(parts: ExchangeParts): Exchange {
  return (message, response, invite) => {
    const started = performance.now();
    const request = new IncomingRequest(message, parts.readOrigin, parts.access, invite);
    return andThen(replyTo(request, parts), (reply) => {
      // A client that was not asked for its body may or may not send it: only a new connection is unambiguous.
      if (request.awaitsInvitation) response.shouldKeepAlive = false;
      return andThen(send(request, response, reply, parts), (bytes) => {
        message.leaveBody();
        const milliseconds = performance.now() - started;
        const { kind, received } = request;
        parts.onDone({ request, kind, reply, status: reply.status, received, bytes, milliseconds });
      });
    });
  };
}

function replyTo(request: IncomingRequest, parts: ExchangeParts): MaybePromise<Reply> {
  const refuseThat = (error: unknown) => refuse(request, error, parts);
  try {
    const reply = answer(request, findEndpoint(request, parts), parts);
    return reply instanceof Promise ? reply.catch(refuseThat) : reply;
  } catch (error) {
    return refuseThat(error);
  }
}

function answer(request: IncomingRequest, endpoint: Endpoint, parts: ExchangeParts): MaybePromise<Reply> {
  if (endpoint.isUnseen === true) return endpoint.answer(request);
  const principal = parts.authenticate(request.headers.authorization, () => request.origin.client);
  return andThen(principal, (known) => {
    request.principal = known;
    demand(endpoint.needs, request, parts.access);
    return endpoint.answer(request);
  });
}

/** @returns bytes of body sent */
function send(
  request: IncomingRequest,
  response: HttpResponse,
  reply: Reply,
  parts: ExchangeParts,
): MaybePromise<number> {
  const giveUp = (error: unknown) => {
    parts.onFault(request.id, error);
    response.destroy();
    return 0;
  };
  try {
    const sent = sendReply(response, reply, request.method === 'HEAD');
    return sent instanceof Promise ? sent.catch(giveUp) : sent;
  } catch (error) {
    return giveUp(error);
  }
}

function findEndpoint(request: IncomingRequest, parts: ExchangeParts): Endpoint {
  if (request.lacksHost) throw new RegistryError('request-invalid', 'The header Host is missing.');
  const found = parts.routes.find(request.namespace ?? request.origin.host, request.path);
  const target = found === undefined ? undefined : parseTarget(found.path);
  if (found === undefined || target === undefined)
    throw new RegistryError('route-unknown', 'There is nothing at this path.');
  request.kind = target.kind;
  const methods = parts.endpoints[target.kind];
  request.methods = methods;
  const endpoint = Object.hasOwn(methods, request.method) ? methods[request.method as Method] : undefined;
  if (endpoint === undefined) {
    throw new RegistryError('method-unsupported', `This path understands ${Object.keys(methods).join(', ')}.`);
  }
  request.path = found.path;
  request.route = found.route;
  request.tail = target.tail;
  request.needs = endpoint.needs;
  request.names = target.names ?? [];
  if (target.name !== '') nameRepository(request, target.name);
  return endpoint;
}

function nameRepository(request: IncomingRequest, name: string): void {
  const repository = request.route.inside(name);
  if (repository === undefined)
    throw new RegistryError('name-invalid', 'That is not a valid repository name.', { detail: { name } });
  request.name = name;
  request.repository = repository;
}

function refuse(request: IncomingRequest, thrown: unknown, parts: ExchangeParts): Reply {
  const error = toRegistryError(thrown);
  if (error === undefined || error.cause !== undefined) parts.onFault(request.id, error?.cause ?? thrown);
  return error === undefined ? faultReply(request.id) : errorReply(error, headersFor(error, request, parts));
}

function headersFor(error: RegistryError, request: IncomingRequest, parts: ExchangeParts): ReplyHeaders {
  switch (error.reason) {
    case 'credentials-needed':
    case 'credentials-wrong':
    case 'scope-insufficient':
      return {
        'www-authenticate': parts.challenge({
          origin: request.origin,
          namespace: request.namespace,
          scope: scopeOf(request),
          isInsufficient: error.reason === 'scope-insufficient',
          isManaging: isManaging(request.needs),
        }),
      };
    default:
      return statusOf(error.reason) === METHOD_NOT_ALLOWED ? { allow: otherMethods(request) } : {};
  }
}

const METHOD_NOT_ALLOWED = 405;

/** The method of a request that was answered with 405 is not one of those that are allowed now. */
function otherMethods({ method, methods }: IncomingRequest): string {
  return Object.keys(methods)
    .filter((other) => other !== method)
    .join(', ');
}
