/** Progress for programs: one JSON object a line, on standard error. */
import type { Progress } from '../../workflows/progress.ts';
import type { Output } from '../surroundings.ts';

/** What a line may be about. */
type ProgressEvent =
  | { readonly event: 'step'; readonly state: 'started'; readonly title: string }
  | { readonly event: 'step'; readonly state: 'done' | 'failed'; readonly title: string; readonly seconds: number }
  | { readonly event: 'note' | 'detail' | 'warning'; readonly text: string };

/** Makes progress that writes lines with `time` (ISO 8601), `event`, and what the event is about. */
export function createJsonProgress(stderr: Output, now: () => Date): Progress {
  const write = (event: ProgressEvent) =>
    void stderr.write(`${JSON.stringify({ time: now().toISOString(), ...event })}\n`);
  return {
    async step(title, work) {
      const started = performance.now();
      write({ event: 'step', state: 'started', title });
      const end = (state: 'done' | 'failed') => write({ event: 'step', state, title, seconds: secondsSince(started) });
      try {
        const result = await work();
        end('done');
        return result;
      } catch (error) {
        end('failed');
        throw error;
      }
    },
    note: (text) => write({ event: 'note', text }),
    detail: (text) => write({ event: 'detail', text }),
    warn: (text) => write({ event: 'warning', text }),
  };
}

/** To the millisecond. */
function secondsSince(started: number): number {
  return Math.round(performance.now() - started) / 1_000;
}
