/** The log: whole JSON lines, in batches, errors at once. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../src/registry/log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  const writes: string[] = [];
  const log = createLog((lines) => void writes.push(lines));
  const events = () =>
    writes.map((lines) =>
      lines
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { event: string }).event),
    );
  return { log, writes, events };
}

describe('the log', () => {
  it('writes lines together, a moment later', () => {
    const { log, events, writes } = start();
    log.info('one', { path: '/a\n"b', status: 200, nothing: undefined });
    log.warn('two');
    expect(writes).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(events()).toEqual([['one', 'two']]);
    expect(JSON.parse(writes[0]?.split('\n')[0] ?? '')).toEqual({
      time: new Date(Date.now() - 50).toISOString(),
      level: 'info',
      event: 'one',
      path: '/a\n"b',
      status: 200,
    });
    expect(writes[0]).toMatch(/^[^\n]+\n[^\n]+\n$/);
  });

  it('writes errors at once, with what waited before them', () => {
    const { log, events } = start();
    log.info('one');
    log.error('two');
    log.info('three');
    expect(events()).toEqual([['one', 'two']]);
    log.flush();
    expect(events()).toEqual([['one', 'two'], ['three']]);
    log.flush();
    vi.advanceTimersByTime(1_000);
    expect(events()).toHaveLength(2);
  });

  it('does not let lines pile up', () => {
    const { log, writes } = start();
    for (let at = 0; at < 1_000; at++) log.info('line', { text: 'x'.repeat(100) });
    expect(writes.length).toBeGreaterThan(2);
    expect(Math.max(...writes.map(({ length }) => length))).toBeLessThan(64 * 1024);
  });
});
