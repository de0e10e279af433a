/** The way to a cluster's API: address, certificates and credentials of a kubeconfig, and one request over them. */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { DevregError, systemCodeOf } from '../errors.ts';

/** A request to the API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the server's address on, with its query. */
  readonly path: string;
  readonly body?: object;
  /** Of the body; `application/json` when absent. */
  readonly contentType?: string;
  readonly signal: AbortSignal;
}

/** The way to one cluster. */
export interface Connection {
  /** The API's address, for messages. */
  readonly server: string;
  /** @returns the reply once its headers are there. @throws the system's error, or the signal's reason */
  send(request: ApiRequest): Promise<IncomingMessage>;
}

/**
 * Reads a kubeconfig; nothing is sent yet. The package is used for what it knows of kubeconfigs alone: its own calls
 * ask the API for its resources over and over, and cannot stream.
 * @throws DevregError KUBECONFIG_INVALID
 */
export function openConnection(kubeconfig: string): Connection {
  const config = readKubeconfig(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw invalid('it has no current cluster');
  const base = cluster.server.replace(/\/+$/, '');
  const { request } = base.startsWith('http:') ? http : https;
  let agent: https.Agent | undefined;

  const send = async (apiRequest: ApiRequest): Promise<IncomingMessage> => {
    const options: https.RequestOptions = {};
    // Every time, since tokens may have run out.
    await config.applyToHTTPSOptions(options);
    if (cluster.proxyUrl === undefined) agent ??= keepAliveAgent(base, options);
    return exchange(request, `${base}${apiRequest.path}`, { ...options, ...(agent && { agent }) }, apiRequest);
  };
  return {
    server: base,
    async send(apiRequest) {
      try {
        return await send(apiRequest);
      } catch (error) {
        // The API closed a connection while it lay idle; all that is ever asked may be asked twice.
        if (!(error instanceof StaleConnection)) throw error;
        return await send(apiRequest);
      }
    },
  };
}

class StaleConnection extends Error {
  override readonly name: string = 'StaleConnection';
}

function exchange(
  request: typeof https.request,
  url: string,
  options: https.RequestOptions,
  { method, body, contentType, signal }: ApiRequest,
): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...(options.headers as http.OutgoingHttpHeaders | undefined),
    accept: 'application/json',
    ...(text !== undefined && {
      'content-type': contentType ?? 'application/json',
      'content-length': Buffer.byteLength(text),
    }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, method, headers, signal }, resolve);
    sent.on('error', (error) => {
      if (signal.aborted) reject(signal.reason);
      else if (sent.reusedSocket && systemCodeOf(error) === 'ECONNRESET') reject(new StaleConnection());
      else reject(error);
    });
    sent.end(text);
  });
}

/** The package's own agent does the TLS handshake anew for each request. */
function keepAliveAgent(base: string, options: https.RequestOptions): https.Agent {
  if (base.startsWith('http:')) return new http.Agent({ keepAlive: true }) as https.Agent;
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  return new https.Agent({
    keepAlive: true,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  });
}

function readKubeconfig(text: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromString(text);
  } catch (cause) {
    throw invalid('it cannot be read', cause);
  }
  return config;
}

function invalid(why: string, cause?: unknown): DevregError {
  return new DevregError('failure', 'KUBECONFIG_INVALID', `The cluster's kubeconfig is of no use: ${why}.`, {
    hint: 'Look at it with `kind get kubeconfig`.',
    cause,
  });
}
