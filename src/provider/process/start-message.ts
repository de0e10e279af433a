/** What a registry's process and the one that starts it say to each other, over Node's channel between processes. */
import type { ErrorKind } from '../../errors.ts';

/** The registry serves; ports in the order of its addresses. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly ports: readonly number[];
}

/** The registry cannot start, for a reason a user can set right. */
export interface FailedMessage {
  readonly type: 'failed';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** The port that could not be had, when that is the reason. */
  readonly port: number | undefined;
}

/** From the registry. */
export type StartMessage = ReadyMessage | FailedMessage;

/** To the registry: it may outlive its parent. Without this it ends when the channel closes. */
export const KEEP = 'keep';

/** @returns the message, or undefined when it is none of ours */
export function parseStartMessage(value: unknown): StartMessage | undefined {
  return isMessage(value) && (value.type === 'ready' || value.type === 'failed') ? value : undefined;
}

/** Both ends are the same program, so the type tells the rest. */
function isMessage(value: unknown): value is StartMessage {
  return typeof value === 'object' && value !== null && 'type' in value;
}
