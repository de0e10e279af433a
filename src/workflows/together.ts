/** Work that goes on side by side: the first failure ends all of it, and is what everybody who waits gets to see. */
import { isDevregError } from '../errors.ts';

/** Some work side by side. Disposing of it ends the work and waits until it has ended. */
export interface Together extends AsyncDisposable {
  /** Begins some work. Its failure ends everything else, whether or not anybody awaits what this returns. */
  begin<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Aborts with the first failure, or when it is told to from outside. */
  readonly signal: AbortSignal;
}

/** @param outer ends the work when it aborts */
export function openTogether(outer: AbortSignal): Together {
  const controller = new AbortController();
  const signal = AbortSignal.any([outer, controller.signal]);
  const begun: Promise<unknown>[] = [];
  let first: { readonly error: unknown } | undefined;
  return {
    signal,
    begin(work) {
      const result = work(signal).catch((error: unknown) => {
        first ??= { error: failureOf(error, outer) };
        controller.abort(first.error);
        // What was ended by a failure elsewhere has nothing of its own to tell.
        throw first.error;
      });
      begun.push(result.catch(() => {}));
      return result;
    },
    async [Symbol.asyncDispose]() {
      controller.abort(new DOMException('The work is no longer needed.', 'AbortError'));
      await Promise.all(begun);
    },
  };
}

/** What ran out of time may know more about why than the clock; what was interrupted does not. */
function failureOf(error: unknown, { aborted, reason }: AbortSignal): unknown {
  const isInterrupted = isDevregError(reason) && reason.kind === 'interrupted';
  return aborted && (isInterrupted || !isDevregError(error)) ? reason : error;
}
