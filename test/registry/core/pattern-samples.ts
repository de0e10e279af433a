/** Patterns and names that often have something to do with one another. */
import fc from 'fast-check';

const part = fc.oneof(
  fc.constantFrom('**', '*', 'a', 'b', 'a*', '*b', 'a*b', '*a*', 'aa', 'ab'),
  fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), minLength: 1, maxLength: 5 }),
);
/** Patterns over few letters. */
export const anyPattern = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
/** Names over the same letters. */
export const anyRepository = fc
  .array(fc.constantFrom('a', 'b', 'aa', 'ab', 'abb', 'a.b', 'ba'), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'));
