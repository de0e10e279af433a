/** Reads the standard error of a program: line by line for whoever listens, and the end of it for error messages. */
import type { Readable } from 'node:stream';

/** Characters that are kept; also the longest line. */
const KEPT = 64 * 1024;

/**
 * Starts to read.
 * @returns what tells the end of what came so far
 */
export function readErrorLines(stream: Readable, onLine: (line: string) => void = () => {}): () => string {
  let kept = '';
  let begun = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    kept = `${kept}${text}`.slice(-KEPT);
    const lines = `${begun}${text}`.split(/\r?\n/);
    begun = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (begun.length < KEPT) return;
    onLine(begun);
    begun = '';
  });
  stream.on('end', () => {
    if (begun !== '') onLine(begun);
  });
  return () => kept;
}
