/** A way into a registry from this machine, and requests through it. */
import type { ClientRequest } from 'node:http';
import { request as requestPlain } from 'node:http';
import { type RequestOptions, request as requestTls } from 'node:https';

/** A way in. */
export interface Door {
  readonly port: number;
  /** Where it is; loopback unless the engine is on another machine. */
  readonly address?: string | undefined;
  /** The name in the certificate, and in the request. */
  readonly host: string;
  /** The authority's certificate, PEM; undefined: plain HTTP. */
  readonly authority: string | undefined;
}

/** What is asked, in Node's words. */
interface Question extends Pick<RequestOptions, 'method' | 'path' | 'rejectUnauthorized' | 'signal' | 'timeout'> {
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Who asks; undefined: anybody. */
  readonly login?: { readonly user: string; readonly password: string } | undefined;
}

/** Begins a request, which is sent when it is ended, over a connection of its own. */
export function openRequest(
  { host, port, authority, address = '127.0.0.1' }: Door,
  { headers, login, ...question }: Question,
): ClientRequest {
  const options = {
    ...question,
    host: address,
    port,
    agent: false,
    headers: { host: `${host}:${port}`, ...headers },
    ...(login !== undefined && { auth: `${login.user}:${login.password}` }),
  };
  return authority === undefined ? requestPlain(options) : requestTls({ ...options, ca: authority, servername: host });
}
