/** Opens places outside registries with what of this machine they need. */
import type { ArchivePorts } from '../../archives/archive-ports.ts';
import type { Archives } from './image-ports.ts';

/** Opens them; nothing is read, or loaded, before one is. */
export function openArchives(ports: ArchivePorts, signal: AbortSignal): Archives {
  return {
    openSource: async (transport) =>
      (await import('../../archives/open-source.ts')).openArchiveSource(transport, ports, signal),
    openTarget: async (transport, options) =>
      (await import('../../archives/open-target.ts')).openArchiveTarget(transport, options, ports),
    open: async (path) => (await import('../../archives/open-archive.ts')).openArchive(path, ports, signal),
    openExport: async (path, options) =>
      (await import('../../archives/open-archive.ts')).openExport(path, options, ports),
  };
}
