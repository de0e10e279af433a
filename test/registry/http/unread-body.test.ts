/** Bodies that nobody read: their senders get a while, and no more. */
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UNREAD_BODY_GRACE_MS } from '../../../src/registry/http/limits.ts';
import { limitUnreadBody } from '../../../src/registry/http/unread-body.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A message in some state; `isCut` tells whether its connection was destroyed. */
function newMessage(state: { readonly complete?: boolean; readonly destroyed?: boolean } = {}) {
  let isCut = false;
  const socket = { destroy: () => void (isCut = true) };
  const message = Object.assign(new EventEmitter(), { complete: false, destroyed: false, ...state, socket });
  return { message: message as unknown as IncomingMessage, isCut: () => isCut };
}

describe('a body that nobody read', () => {
  it('may still be sent for some seconds, then the connection is cut', () => {
    const { message, isCut } = newMessage();
    limitUnreadBody(message);
    vi.advanceTimersByTime(UNREAD_BODY_GRACE_MS - 1);
    expect(isCut()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(isCut()).toBe(true);
  });

  it('that ends in time costs nothing', () => {
    const { message, isCut } = newMessage();
    limitUnreadBody(message);
    message.emit('close');
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(2 * UNREAD_BODY_GRACE_MS);
    expect(isCut()).toBe(false);
  });

  it.each([{ complete: true }, { destroyed: true }])('is none when the message is %j', (state) => {
    limitUnreadBody(newMessage(state).message);
    expect(vi.getTimerCount()).toBe(0);
  });
});
