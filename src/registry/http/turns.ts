/** Requests that arrive together are answered together. */

/**
 * Puts off what is given it until everything that has arrived in this turn of the event loop is read. Each answer wakes
 * a client that sleeps, which costs the system about as much as the answer itself; answers that follow each other
 * closely find the client's process awake (measured with sixteen connections: a tenth to a fifth less processor time of
 * the server, a quarter of the client). A request that arrives alone does not wait for anything.
 */
export function inTurns<A extends unknown[]>(handle: (...one: A) => unknown): (...one: A) => void {
  let waiting: A[] = [];
  const handleAll = () => {
    const all = waiting;
    waiting = [];
    for (const one of all) handle(...one);
  };
  return (...one) => {
    if (waiting.push(one) === 1) setImmediate(handleAll);
  };
}
