/** A reverse proxy that puts a prefix before every path, as `rewrite * /prefix{uri}` and `reverse_proxy` do in a Caddyfile. */
import { once } from 'node:events';
import { Agent, createServer, request as open } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that listens on 127.0.0.1. */
export interface RewritingProxy extends AsyncDisposable {
  readonly port: number;
  readonly host: string;
}

/**
 * Starts a proxy.
 * @param prefix what goes before the path
 * @param isTelling whether it tells of itself by X-Forwarded-Host, -Proto and -For; Host is passed on either way
 */
export async function startRewritingProxy(target: number, prefix: string, isTelling: boolean): Promise<RewritingProxy> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((message, response) => {
    const { host = '', ...headers } = message.headers;
    const forwarded = isTelling
      ? { 'x-forwarded-host': host, 'x-forwarded-proto': 'http', 'x-forwarded-for': message.socket.remoteAddress ?? '' }
      : {};
    const inner = open({
      agent,
      host: '127.0.0.1',
      port: target,
      method: message.method,
      path: `${prefix}${message.url}`,
      headers: { ...headers, host, ...forwarded },
    });
    inner.on('response', (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      reply.pipe(response);
    });
    inner.on('error', () => response.destroy());
    message.pipe(inner);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
