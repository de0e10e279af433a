/** The log of a registry in the foreground: JSON lines, without those that nobody asked for. */
import { type Log, createLog } from '../../registry/log.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Makes the log; lines below the terminal's level are left out. */
export function openServeLog(terminal: Terminal): Log {
  const log = createLog((lines) => terminal.answer(lines));
  return {
    ...log,
    info: (event, fields) => (terminal.shows('info') ? log.info(event, fields) : undefined),
    warn: (event, fields) => (terminal.shows('warn') ? log.warn(event, fields) : undefined),
  };
}
