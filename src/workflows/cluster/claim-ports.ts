/** Settles the ports of this machine that lead into a cluster before anything is made. */
import type { ContainerEngine } from '../../engine/engine.ts';
import { findPortPublisher } from '../../engine/port-publisher.ts';
import { DevregError } from '../../errors.ts';
import { PortInUseError } from '../../provider/provider.ts';
import type { ClusterSettings } from '../../state/record.ts';
import type { Records } from '../../state/records.ts';
import { portTaken } from '../conflicts.ts';
import { othersThan } from '../host-trust.ts';
import { isOnePort } from './cluster-settings.ts';
import { chooseFarPorts } from './far-ports.ts';
import { type FindHolder, probePort } from './free-ports.ts';

/** Who knows about ports. */
export interface PortPorts {
  readonly records: Records;
  readonly engine: ContainerEngine;
  readonly findHolder: FindHolder;
}

/**
 * Finds ports where any will do, and makes sure that the others can be had, as far as that can be told of an engine on
 * another machine.
 * @param held ports that are the cluster's own already
 * @throws DevregError PORT_IN_USE saying by whom, CONFIG_INVALID
 */
export async function claimPorts(
  name: string,
  settings: ClusterSettings,
  held: readonly number[],
  { records, engine, findHolder }: PortPorts,
): Promise<ClusterSettings> {
  if ((await engine.locate()) !== undefined) return claimFar(settings, held, engine);
  const claim = async (port: number) => (held.includes(port) ? port : probePort(port, findHolder));
  try {
    const port = await claim(settings.port);
    const registryPort = isOnePort(settings) ? port : await claim(settings.registryPort);
    return { ...settings, port, registryPort };
  } catch (error) {
    if (!(error instanceof PortInUseError)) throw error;
    throw portTaken(error, settings, await othersThan(name, records));
  }
}

/** Of another machine's ports only those of its containers are known. */
async function claimFar(
  settings: ClusterSettings,
  held: readonly number[],
  engine: ContainerEngine,
): Promise<ClusterSettings> {
  if (settings.dataDir !== undefined) throw folderElsewhere();
  for (const port of [settings.port, settings.registryPort].filter((one) => one !== 0 && !held.includes(one))) {
    const holder = await findPortPublisher(engine, port);
    if (holder !== undefined) throw takenFar(port, settings, holder.name);
  }
  const [port = 0, registryPort = 0] = await chooseFarPorts(engine, 2, [settings.port, settings.registryPort]);
  const chosen = settings.port === 0 ? port : settings.port;
  const other = settings.registryPort === 0 ? registryPort : settings.registryPort;
  return { ...settings, port: chosen, registryPort: isOnePort(settings) ? chosen : other };
}

function takenFar(port: number, settings: ClusterSettings, container: string): DevregError {
  const option = port === settings.port ? '--port' : '--registry-port';
  const message = `Port ${port} of the engine's machine is in use by the container ${container}.`;
  const hint = `Choose another port with devreg create ${option}, or 0 to have one chosen; or end that container.`;
  return new DevregError('conflict', 'PORT_IN_USE', message, { hint });
}

/** A folder of this machine means nothing to an engine on another. */
function folderElsewhere(): DevregError {
  const message = 'The container engine is on another machine, where --data-dir cannot be had.';
  return new DevregError('usage', 'CONFIG_INVALID', message, {
    hint: 'Leave it out: images are in the cluster then, or in a volume by --storage-class.',
  });
}
