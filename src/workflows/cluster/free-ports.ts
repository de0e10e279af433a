/** The ports of this machine that lead into a cluster: free ones where any will do, and a clear word where one is taken. */
import { once } from 'node:events';
import { type Server, createServer } from 'node:net';
import { systemCodeOf } from '../../errors.ts';
import { PortInUseError } from '../../provider/provider.ts';

/** Who listens on a port, as far as this machine tells; undefined when it does not. */
export type FindHolder = (port: number) => Promise<string | undefined>;

/**
 * Takes a port for a moment, to see that it can be had.
 * @param port 0 for any
 * @param newServer what takes it
 * @returns the port
 * @throws PortInUseError
 */
export async function probePort(
  port: number,
  findHolder: FindHolder,
  newServer: () => Server = createServer,
): Promise<number> {
  const server = newServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  } catch (error) {
    // What this user may not have, the engine perhaps may.
    if (systemCodeOf(error) === 'EACCES') return port;
    if (systemCodeOf(error) !== 'EADDRINUSE') throw error;
    const holder = await findHolder(port);
    throw new PortInUseError(port, `Port ${port} is in use${holder === undefined ? '' : ` by ${holder}`}.`, '');
  } finally {
    server.close();
  }
}
