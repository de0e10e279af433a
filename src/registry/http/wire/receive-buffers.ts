/** Memory that connections receive into: a little that all share, and large pieces for those that push large bodies. */

/**
 * Received in one call, and hashed and written as one piece. Pushes of twice as much are a twentieth quicker, and hold
 * up everybody else for twice as long.
 */
const LARGE = 512 * 1024;
/** What a connection receives into as long as nothing large is on its way. */
const SHARED = 64 * 1024;
/** Two for each of sixteen pushes. */
const MOST = 32;
/** Kept at least; beyond that as many as are in use, and the rest is left to the garbage collector. */
const KEPT_WHEN_IDLE = 2;

/** The memory of all connections of a server. */
export class ReceiveBuffers {
  /** For everybody: what arrives in it is used or copied before anything else can arrive. */
  readonly shared = Buffer.allocUnsafeSlow(SHARED);
  readonly #free: Buffer[] = [];
  #taken = 0;

  /** @returns a large buffer, for the caller until it is given back; undefined when too many are in use */
  take(): Buffer | undefined {
    if (this.#taken === MOST) return undefined;
    this.#taken += 1;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(LARGE);
  }

  /** Takes back what `take` returned; nobody may look at it any more. */
  giveBack(buffer: Buffer): void {
    this.#taken -= 1;
    this.#free.push(buffer);
    const most = Math.max(KEPT_WHEN_IDLE, this.#taken);
    if (this.#free.length > most) this.#free.length = most;
  }
}
