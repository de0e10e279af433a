/** Settles the ports of this machine that lead into a cluster before anything is made. */
import type { ContainerEngine } from '../../engine/engine.ts';
import { DevregError } from '../../errors.ts';
import { PortInUseError } from '../../provider/provider.ts';
import type { ClusterSettings } from '../../state/record.ts';
import type { Records } from '../../state/records.ts';
import { portTaken } from '../conflicts.ts';
import { othersThan } from '../host-trust.ts';
import { type FindHolder, probePort } from './free-ports.ts';

/** Who knows about ports. */
export interface PortPorts {
  readonly records: Records;
  readonly engine: ContainerEngine;
  readonly findHolder: FindHolder;
}

/**
 * Finds ports where any will do, and makes sure that the others can be had. An engine on another machine has ports of
 * its own, and speaks for itself.
 * @param held ports that are the cluster's own already
 * @throws DevregError PORT_IN_USE saying by whom, CONFIG_INVALID
 */
export async function claimPorts(
  name: string,
  settings: ClusterSettings,
  held: readonly number[],
  { records, engine, findHolder }: PortPorts,
): Promise<ClusterSettings> {
  if (await engine.isRemote()) return refuseUnknown(settings);
  const claim = async (port: number) => (held.includes(port) ? port : probePort(port, findHolder));
  try {
    const port = await claim(settings.port);
    const registryPort = await claim(settings.registryPort);
    return { ...settings, port, registryPort };
  } catch (error) {
    if (!(error instanceof PortInUseError)) throw error;
    throw portTaken(error, settings, await othersThan(name, records));
  }
}

/** What only this machine knows or has means nothing to an engine on another. */
function refuseUnknown(settings: ClusterSettings): ClusterSettings {
  const { port, registryPort, dataDir } = settings;
  const given = [
    ...(port === 0 ? ['--port 0'] : []),
    ...(registryPort === 0 ? ['--registry-port 0'] : []),
    ...(dataDir === undefined ? [] : ['--data-dir']),
  ];
  if (given.length === 0) return settings;
  const message = `The container engine is on another machine, where ${given.join(', ')} cannot be had.`;
  throw new DevregError('usage', 'CONFIG_INVALID', message, { hint: 'Choose ports, and leave --data-dir out.' });
}
