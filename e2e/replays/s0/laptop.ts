/** A laptop in front of a codespace: a machine with a network of its own, from which one forwarded port leads to this one. */
import { join } from 'node:path';
import type { ClusterUser } from '../../support/cluster-user.ts';
import { type Machine, openMachine } from '../../support/machine.ts';

/**
 * Opens it, and forwards.
 * @param forward what is typed on it; it finds this machine's port behind the socket `codespace.sock`
 * @param registry `host:port`, the port being the same on both machines
 */
export async function openLaptop(user: ClusterUser, forward: string, registry: string): Promise<Machine> {
  const [host = '', port = ''] = registry.split(':');
  await using opened = new AsyncDisposableStack();
  const laptop = opened.use(await openMachine({ tools: ['curl', 'skopeo', 'socat'], names: [host] }));
  const codespace = user.start(`socat UNIX-LISTEN:${join(laptop.folder, 'codespace.sock')},fork TCP:127.0.0.1:${port}`);
  laptop.guests.defer(async () => {
    codespace.kill('SIGTERM');
    await codespace.finished;
  });
  laptop.start(forward);
  await laptop.sh(`until curl -sSk https://${registry}/v2/; do sleep 0.1; done`);
  opened.move();
  return laptop;
}
