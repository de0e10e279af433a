/** The order of what happened. */
import { expect } from 'vitest';

/** Each of them happens, and one before the other. */
export function expectOrder(events: readonly string[], ...wanted: readonly string[]): void {
  const places = wanted.map((event) => events.indexOf(event));
  expect(places, wanted.join(', ')).not.toContain(-1);
  expect(places, wanted.join(', ')).toEqual(places.toSorted((one, other) => one - other));
}
