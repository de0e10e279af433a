/** What kind cannot do because of how its engine runs on this machine: without root's rights, or without an address. */
import { DevregError } from '../../errors.ts';
import type { CommandFailedError } from '../../process/command-failed-error.ts';

const NEEDS_CGROUP2 = 'running kind with rootless provider requires cgroup v2';
const NEEDS_DELEGATION = 'running kind with rootless provider requires setting systemd property';
const AS_ROOT = 'or run devreg and the engine as root';

/** An engine of an ordinary user's that may not set limits for containers (kind, pkg/cluster/internal/create). */
export function findRootless(said: string, cause: CommandFailedError): DevregError | undefined {
  if (said.includes(NEEDS_CGROUP2)) {
    const message =
      "The container engine runs without root's rights, and for that kind needs cgroup v2, which is off here.";
    const hint = `Start the system with systemd.unified_cgroup_hierarchy=1 on the kernel's command line, ${AS_ROOT}.`;
    return new DevregError('prerequisite', 'ROOTLESS_REFUSED', message, { hint, cause });
  }
  if (!said.includes(NEEDS_DELEGATION)) return undefined;
  const message =
    "The container engine runs without root's rights, and the system does not let it limit memory, processes and CPU.";
  const lines = '[Service] and Delegate=yes';
  const hint = `Write the lines ${lines} into /etc/systemd/system/user@.service.d/delegate.conf, run sudo systemctl daemon-reload and log in again, ${AS_ROOT}.`;
  return new DevregError('prerequisite', 'ROOTLESS_REFUSED', message, { hint, cause });
}

/** A port that only root may have, as Podman and Docker say it without root's rights. */
export function findPrivilegedPort(said: string, cause: CommandFailedError): DevregError | undefined {
  const [, port] = /cannot expose privileged port (\d+)/.exec(said) ?? [];
  if (port === undefined) return undefined;
  const message = `Port ${port} is for root alone, and the container engine runs without root's rights.`;
  const hint = `Choose a port from 1024 on, or allow it: sudo sysctl net.ipv4.ip_unprivileged_port_start=${port}.`;
  return new DevregError('prerequisite', 'PORT_PRIVILEGED', message, { hint, cause });
}

/** An address that the engine's machine does not have. */
export function findAddress(said: string, cause: CommandFailedError): DevregError | undefined {
  const [, address] = /listen tcp[46]? (\S+):\d+: bind: cannot assign requested address/.exec(said) ?? [];
  if (address === undefined) return undefined;
  const message = `The container engine's machine has no address ${address} to publish ports on.`;
  const hint = 'Choose one that it has with --listen, or 0.0.0.0 for all of them.';
  return new DevregError('usage', 'ADDRESS_ABSENT', message, { hint, cause });
}
