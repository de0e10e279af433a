/** Writes to standard output of a child process, where what was written survives the process. */
import { writeSync } from 'node:fs';

/** How long to wait when nobody has read what was written, in milliseconds. */
const PAUSE_MS = 2;

/** Writes all of it; a test that is busy may let the pipe run full for a while. */
export function writeToPipe(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
