/** One request and its reply: route, authenticate, authorize, answer, send. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Principal } from '../core/access.ts';
import { RegistryError } from '../core/registry-error.ts';
import { demand, isManaging, scopeOf } from './demand.ts';
import type { Endpoint, EndpointRequest, EndpointTable, Method } from './endpoint.ts';
import { errorReply, faultReply, statusOf, toRegistryError } from './error-reply.ts';
import { IncomingRequest } from './incoming-request.ts';
import type { OriginReader } from './origin.ts';
import { type Reply, type ReplyHeaders, sendReply } from './reply.ts';
import type { Challenged } from './request.ts';
import type { RouteTable } from './route.ts';
import { type TargetKind, parseTarget } from './router.ts';
import { limitUnreadBody } from './unread-body.ts';

/** What exchanges need from the rest of the registry. */
export interface ExchangeParts {
  readonly endpoints: EndpointTable;
  readonly routes: RouteTable;
  readonly readOrigin: OriginReader;
  /**
   * @param client gives the address the request comes from
   * @throws RegistryError `credentials-wrong`, `too-many-requests`
   */
  authenticate(authorization: string | undefined, client: () => string): Promise<Principal>;
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

/** Handles one message; `invite` is given when the client waits for `100 Continue`. */
export type Exchange = (message: IncomingMessage, response: ServerResponse, invite?: () => void) => Promise<void>;

/** Makes the handler of all messages. */
export function createExchange(parts: ExchangeParts): Exchange {
  return async (message, response, invite) => {
    const started = performance.now();
    let awaitsInvitation = invite !== undefined;
    const request = new IncomingRequest(message, parts.readOrigin, parts.access, () => {
      if (awaitsInvitation) invite?.();
      awaitsInvitation = false;
    });
    const reply = await replyTo(request, parts);
    // A client that was not asked for its body may or may not send it: only a new connection is unambiguous.
    if (awaitsInvitation) response.shouldKeepAlive = false;
    const bytes = await sendReply(response, reply, request.method === 'HEAD').catch((error: unknown) => {
      parts.onFault(request.id, error);
      response.destroy();
      return 0;
    });
    limitUnreadBody(message);
    const milliseconds = performance.now() - started;
    const { kind, received } = request;
    parts.onDone({ request, kind, reply, status: reply.status, received, bytes, milliseconds });
  };
}

async function replyTo(request: IncomingRequest, parts: ExchangeParts): Promise<Reply> {
  try {
    const endpoint = findEndpoint(request, parts);
    if (endpoint.isUnseen === true) return await endpoint.answer(request);
    request.principal = await parts.authenticate(request.headers.authorization, () => request.origin.client);
    demand(endpoint.needs, request, parts.access);
    return await endpoint.answer(request);
  } catch (error) {
    return refuse(request, error, parts);
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
