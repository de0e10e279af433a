/** What a registry tells the process that started it. */
import { DevregError } from '../errors.ts';
import { type FailedMessage, KEEP, type ReadyMessage } from '../provider/process/start-message.ts';
import { PortInUseError } from '../provider/provider.ts';

/** The process that started this one and waits to hear from it. */
export interface Parent {
  send(message: object): Promise<void>;
  /** @returns what it says next, or undefined when it hangs up */
  listen(): Promise<unknown>;
  hangUp(): void;
}

/**
 * Says that the registry serves, and waits to be let go.
 * @param ports in the order of its addresses
 * @throws DevregError INTERRUPTED when the parent ends instead
 */
export async function reportReady(parent: Parent, ports: readonly number[]): Promise<void> {
  const message: ReadyMessage = { type: 'ready', ports };
  const reply = parent.listen();
  await parent.send(message);
  if ((await reply) !== KEEP)
    throw new DevregError('interrupted', 'INTERRUPTED', 'Whoever started this registry ended first.');
  parent.hangUp();
}

/** Says why the registry cannot start. */
export async function reportFailure(parent: Parent, error: DevregError): Promise<void> {
  const { kind, code, message, hint } = error;
  const failure: FailedMessage = {
    type: 'failed',
    kind,
    code,
    message,
    hint,
    port: error instanceof PortInUseError ? error.port : undefined,
  };
  await parent.send(failure);
}
