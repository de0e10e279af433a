/** A way into a registry from this machine, and requests through it. */
import type { ClientRequest } from 'node:http';
import { request as requestPlain } from 'node:http';
import { type RequestOptions, request as requestTls } from 'node:https';
import type { AnyRecord } from '../state/record.ts';

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

/**
 * A registry's own door, which answers with TLS and without.
 * @param authority the certificate to believe, PEM; undefined where there is none, which no answer by TLS stands up to
 */
export function ownDoor(record: AnyRecord, authority: string | undefined): Door {
  // Whoever does without TLS has said so: a password never goes in the clear because a file is gone.
  const believed = record.settings.tls === 'off' ? undefined : (authority ?? '');
  return { host: 'localhost', port: record.settings.registryPort, authority: believed, address: addressOf(record) };
}

/** Both doors of a registry, which may be the same: its own, and the one of its host. */
export function doorsOf(own: Door, { host, port }: Pick<Door, 'host' | 'port'>): readonly Door[] {
  return [own, { ...own, host, port }];
}

/** The address of a registry on another machine; undefined: it is on this one. */
export function addressOf(record: AnyRecord): string | undefined {
  return record.provider === 'kind' ? record.engineAt?.address : undefined;
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
