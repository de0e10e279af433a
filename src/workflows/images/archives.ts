/** Opens places outside registries with what of this machine they need. */
import type { ArchivePorts } from '../../archives/archive-ports.ts';
import { openArchive, openExport } from '../../archives/open-archive.ts';
import { openArchiveSource } from '../../archives/open-source.ts';
import { openArchiveTarget } from '../../archives/open-target.ts';
import type { Archives } from './image-ports.ts';

/** Opens them; nothing is read before one is. */
export function openArchives(ports: ArchivePorts, signal: AbortSignal): Archives {
  return {
    openSource: (transport) => openArchiveSource(transport, ports, signal),
    openTarget: (transport, options) => openArchiveTarget(transport, options, ports),
    open: (path) => openArchive(path, ports, signal),
    openExport: (path, options) => openExport(path, options, ports),
  };
}
