/** An API server that says what a test wants, over real connections. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one request; false leaves it to the next one in line. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => false | void;

/** The server, what it was asked, and the kubeconfig for it. */
export interface ScriptedApiServer extends AsyncDisposable {
  readonly kubeconfig: string;
  /** `METHOD /path?query`, in order. */
  readonly asked: string[];
  /** How many connections were made. */
  readonly connections: () => number;
}

const CORE = { resources: [{ name: 'configmaps', kind: 'ConfigMap', namespaced: true }] };

/** Listens on a port of its own; answers what is left over with the resources of the core group, or 404. */
export async function serveApi(...answers: readonly Answer[]): Promise<ScriptedApiServer> {
  const asked: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (answers.some((answer) => answer(request, response) !== false)) return;
    if (request.url === '/api/v1') say(response, 200, CORE);
    else say(response, 404, { message: 'the server could not find the requested resource' });
  });
  server.on('connection', () => void (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    connections: () => connections,
    kubeconfig: kubeconfigFor(`http://127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A whole reply in JSON. */
export function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** @returns a kubeconfig for a server without TLS, which the package only takes with TLS switched off */
export function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: { token: 'test' } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
}
