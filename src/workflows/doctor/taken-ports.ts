/** Finds out who has the ports of a registry that does not run, and keeps it from starting. */
import { CLUSTER_LABEL } from '../../cluster/kind/kind-nodes.ts';
import { type PortReport, judgeTakenPorts } from '../../doctor/check-state.ts';
import type { ContainerEngine } from '../../engine/engine.ts';
import { findPortPublisher } from '../../engine/port-publisher.ts';
import { findPortHolder } from '../../provider/process/port-holder.ts';
import type { AnyRecord } from '../../state/record.ts';
import { probePort } from '../cluster/free-ports.ts';
import type { Check } from './run-checks.ts';

/** @param engine undefined: there is none */
export function takenPortsCheck(
  { name, settings }: AnyRecord,
  engine: ContainerEngine | undefined,
  limit: number,
): Check {
  const numbers = [...new Set([settings.port, settings.registryPort])];
  const run = async () => {
    const ports = await Promise.all(numbers.map((port) => findHolder(port, engine)));
    return judgeTakenPorts({ name, ports }, engine?.kind ?? 'docker');
  };
  return { name: 'port', limit, run };
}

async function findHolder(port: number, engine: ContainerEngine | undefined): Promise<PortReport> {
  const found = engine && (await findPortPublisher(engine, port));
  const container = found && { name: found.name, cluster: found.labels[CLUSTER_LABEL] };
  const isTaken = await probePort(port, async () => undefined).then(
    () => false,
    () => true,
  );
  return { port, container, process: await findPortHolder(port), isTaken };
}
