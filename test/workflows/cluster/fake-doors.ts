/** The ports of this machine behind which a registry answers, for tests: real servers that know one password. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type RequestListener, type Server, createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { join } from 'node:path';

/** What the doors of a cluster do. */
export interface FakeDoors extends AsyncDisposable {
  /** Opens a port, in TLS when there is a certificate in the folder. Opening one again changes nothing. */
  open(port: number, tlsFolder: string | undefined): Promise<void>;
  close(): Promise<void>;
  /** `user:password` that is let in. */
  login: string;
  /** What they answer whoever is let in. */
  status: number;
}

/** Makes doors; none is open. */
export function makeFakeDoors(): FakeDoors {
  const servers = new Map<number, Server>();
  const answer: RequestListener = ({ headers, url }, response) => {
    const isKnown = headers.authorization === `Basic ${Buffer.from(doors.login).toString('base64')}`;
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    response.writeHead(url !== '/v2/' ? 404 : isKnown ? doors.status : 401).end();
  };
  const doors: FakeDoors = {
    login: '',
    status: 200,
    async open(port, tlsFolder) {
      if (servers.has(port)) return;
      const server = tlsFolder === undefined ? createPlain(answer) : createSecure(await readPair(tlsFolder), answer);
      servers.set(port, server);
      await once(server.listen(port, '127.0.0.1'), 'listening');
    },
    async close() {
      const open = [...servers.values()];
      servers.clear();
      for (const server of open) {
        server.close();
        server.closeAllConnections();
      }
    },
    [Symbol.asyncDispose]: () => doors.close(),
  };
  return doors;
}

async function readPair(folder: string): Promise<{ readonly cert: string; readonly key: string }> {
  const [cert, key] = await Promise.all(['tls.crt', 'tls.key'].map((name) => readFile(join(folder, name), 'utf8')));
  return { cert: cert ?? '', key: key ?? '' };
}
