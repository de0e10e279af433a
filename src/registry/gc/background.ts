/** The collection of garbage in a registry that serves. */
import type { Log } from '../log.ts';
import { type GcParts, collectGarbage } from './collect.ts';
import { createPace } from './pace.ts';
import type { GcReport, GcRequest } from './report.ts';
import { type GcSchedule, createGcSchedule } from './schedule.ts';

/** Which part of the time is worked; the rest is for requests. */
const SHARE = 0.25;

/** How it goes on. */
export interface BackgroundOptions {
  /** Milliseconds between collections; 0: only when somebody asks. */
  readonly interval: number;
  readonly log: Log;
  /** Told when manifests were removed. */
  readonly onManifestsRemoved: () => void;
  /** Told of what became of each collection that was to remove something. */
  readonly onEnd: (end: GcReport | 'failed') => void;
}

/** Collects on a schedule, and tells the log. */
export function collectInBackground(
  parts: Omit<GcParts, 'onFailure'>,
  { interval, log, onManifestsRemoved, onEnd }: BackgroundOptions,
): GcSchedule {
  const onFailure = (what: string, error: unknown) => log.warn('gc.kept', { what, error: String(error) });
  const collect = async (request: GcRequest, signal: AbortSignal): Promise<GcReport> => {
    log.info('gc.started', { dryRun: request.isDryRun, deleteUntagged: request.deleteUntagged });
    try {
      const report = await collectGarbage({ ...parts, onFailure }, request, createPace(SHARE, signal));
      if (report.manifests > 0 && !report.isDryRun) onManifestsRemoved();
      log.info('gc.finished', { ...report });
      if (!report.isDryRun) onEnd(report);
      return report;
    } catch (error) {
      if (signal.aborted) log.info('gc.stopped');
      else {
        log.error('gc.failed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
        if (!request.isDryRun) onEnd('failed');
      }
      throw error;
    }
  };
  return createGcSchedule(interval, collect);
}
