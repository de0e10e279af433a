/** Settles the ports of this machine that lead into a cluster before anything is made. */
import type { ContainerEngine } from '../../engine/engine.ts';
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
 * @throws DevregError PORT_IN_USE saying by whom
 */
export async function claimPorts(
  name: string,
  settings: ClusterSettings,
  { records, engine, findHolder }: PortPorts,
): Promise<ClusterSettings> {
  if (await engine.isRemote()) return settings;
  try {
    const port = await probePort(settings.port, findHolder);
    const registryPort = await probePort(settings.registryPort, findHolder);
    return { ...settings, port, registryPort };
  } catch (error) {
    if (!(error instanceof PortInUseError)) throw error;
    throw portTaken(error, settings, await othersThan(name, records));
  }
}
