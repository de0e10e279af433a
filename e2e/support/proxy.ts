/** A program: a reverse proxy that puts a path before every request's own and says how the client reached it. */
import { readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer, request as send } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    to: { type: 'string', default: '' },
    path: { type: 'string', default: '' },
    cert: { type: 'string' },
    key: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});
const { cert, key } = values;
const isTls = cert !== undefined && key !== undefined;

async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers: IncomingMessage['headers'] = { ...request.headers };
  if (!values.quiet) {
    headers['x-forwarded-host'] = request.headers.host;
    headers['x-forwarded-proto'] = isTls ? 'https' : 'http';
    headers['x-forwarded-for'] = request.socket.remoteAddress;
  }
  const onward = send(new URL(`${values.path}${request.url ?? ''}`, values.to), { method: request.method, headers });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    void pipeline(answer, response).catch(() => response.destroy());
  });
  onward.on('error', () => response.destroy());
  await pipeline(request, onward).catch(() => onward.destroy());
}

const server = isTls ? createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }) : createServer();
server.on('request', (request, response) => void forward(request, response));
server.listen(Number(values.port), '127.0.0.1', () => process.stdout.write('listening\n'));
