/** The memory of connections: bounded, lent to one at a time, and given up when nobody pushes. */
import { describe, expect, it } from 'vitest';
import { ReceiveBuffers } from '../../../../src/registry/http/wire/receive-buffers.ts';

/** Takes until there is no more. */
function takeAll(buffers: ReceiveBuffers): Buffer[] {
  const taken: Buffer[] = [];
  for (let next = buffers.take(); next !== undefined; next = buffers.take()) taken.push(next);
  return taken;
}

describe('receive buffers', () => {
  it('are bounded, and each is its own', () => {
    const buffers = new ReceiveBuffers();
    const all = takeAll(buffers);
    expect(all).toHaveLength(32);
    expect(all.every(({ length }) => length >= 256 * 1024)).toBe(true);
    expect(new Set(all.map(({ buffer }) => buffer)).size).toBe(32);
    expect(new Set(all.map(({ buffer }) => buffer))).not.toContain(buffers.shared.buffer);
  });

  it('can be taken again, as many as were given back', () => {
    const buffers = new ReceiveBuffers();
    const all = takeAll(buffers);
    for (const buffer of all.slice(0, 5)) buffers.giveBack(buffer);
    const again = takeAll(buffers);
    expect(again).toHaveLength(5);
    expect(new Set([...all.slice(5), ...again]).size).toBe(32);
  });

  it('are the same ones again and again while one client pushes', () => {
    const buffers = new ReceiveBuffers();
    const seen = new Set<Buffer>();
    for (let round = 0; round < 100; round++) {
      const pair = [buffers.take(), buffers.take()];
      for (const buffer of pair) {
        if (buffer === undefined) throw new Error('There was none.');
        seen.add(buffer);
        buffers.giveBack(buffer);
      }
    }
    expect(seen.size).toBe(2);
  });

  it('are not kept when nobody pushes', () => {
    const buffers = new ReceiveBuffers();
    const first = takeAll(buffers);
    for (const buffer of first) buffers.giveBack(buffer);
    const kept = takeAll(buffers).filter((buffer) => first.includes(buffer));
    expect(kept).toHaveLength(2);
  });

  it('are not kept for many while few push', () => {
    const buffers = new ReceiveBuffers();
    const first = takeAll(buffers);
    for (const buffer of first.slice(1)) buffers.giveBack(buffer);
    const kept = takeAll(buffers).filter((buffer) => first.includes(buffer));
    expect(kept.length).toBeLessThan(20);
  });
});
