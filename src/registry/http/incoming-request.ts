/** A request on its way: what each step finds out is added, what may not be needed is read on first use. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RepositoryName } from '../../oci/repository.ts';
import { ANONYMOUS, type Access, type Principal } from '../core/access.ts';
import type { Action } from '../core/account-metadata.ts';
import type { EndpointRequest, Need } from './endpoint.ts';
import type { HttpMessage } from './http-message.ts';
import { type OriginReader, validHost } from './origin.ts';
import type { Origin, RequestBody } from './request.ts';
import { DIRECT, type Route } from './route.ts';
import type { TargetKind } from './router.ts';

/** A client may name its request; anything odd is replaced, since the name ends up in the log. */
const REQUEST_ID = /^[\w.-]{1,64}$/;

/**
 * A target may be written as a whole address, of which every server understands the path.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
const ABSOLUTE = /^https?:\/\/[^/?]*/i;

/** The request of one exchange. */
export class IncomingRequest implements EndpointRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** The path as it came; after routing, from `/v2` on. */
  path: string;
  route: Route = DIRECT;
  principal: Principal = ANONYMOUS;
  repository = '' as RepositoryName;
  name = '';
  tail = '';
  /** What the path names; `none` as long as that is not known, or when it names nothing. */
  kind: TargetKind | 'none' = 'none';
  names: readonly string[] = [];
  /** The right the endpoint needs, once known; a challenge asks for it. */
  needs: Need = 'none';
  /** The methods the path understands, once known, as keys. */
  methods: Readonly<Record<string, unknown>> = {};
  readonly #message: HttpMessage;
  readonly #readOrigin: OriginReader;
  readonly access: Access;
  #invite: (() => void) | undefined;
  readonly #search: string;
  #id: string | undefined;
  #origin: Origin | undefined;
  #query: URLSearchParams | undefined;
  #body: RequestBody | undefined;

  /** @param invite given when the client waits to be asked for its body */
  constructor(message: HttpMessage, readOrigin: OriginReader, access: Access, invite?: () => void) {
    this.#message = message;
    this.#readOrigin = readOrigin;
    this.access = access;
    this.#invite = invite;
    this.method = message.method;
    this.headers = message.headers;
    const written = message.url;
    const url = written.startsWith('/') ? written : written.replace(ABSOLUTE, '');
    const mark = url.indexOf('?');
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.#search = mark < 0 ? '' : url.slice(mark + 1);
  }

  /** @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
  get lacksHost(): boolean {
    return this.headers.host === undefined && this.#message.httpVersion === '1.1';
  }

  get id(): string {
    const named = this.headers['x-request-id'];
    return (this.#id ??= typeof named === 'string' && REQUEST_ID.test(named) ? named : randomUUID());
  }

  get origin(): Origin {
    return (this.#origin ??= this.#readOrigin(this.#message));
  }

  /**
   * The host a person wrote, where the client reaches the registry by another: containerd adds it for mirrors.
   * @see https://github.com/containerd/containerd/blob/main/docs/hosts.md#registry-configuration---introduction
   */
  get namespace(): string | undefined {
    return this.#search.includes('ns=') ? validHost(this.query.get('ns') ?? undefined) : undefined;
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.#search));
  }

  get body(): RequestBody {
    return (this.#body ??= this.#message.openBody(() => this.#inviteOnce()));
  }

  /** Whether the client waits to be asked for its body. */
  get awaitsInvitation(): boolean {
    return this.#invite !== undefined;
  }

  #inviteOnce(): void {
    this.#invite?.();
    this.#invite = undefined;
  }

  /** Bytes of body that have come so far. */
  get received(): number {
    return this.#body?.received() ?? 0;
  }

  may(action: Action, repository: RepositoryName): boolean {
    return this.access.allows(this.principal, action, repository);
  }
}
