/** Patterns for names of repositories: `*` for a part of a name, `**` for any number of parts. Pure. */

/** @returns whether a name matches as a whole */
export function parseGlob(pattern: string): (name: string) => boolean {
  const source = pattern
    .split(/(\*\*|\*|\?)/)
    .map((piece) => ({ '**': '.*', '*': '[^/]*', '?': '[^/]' })[piece] ?? RegExp.escape(piece))
    .join('');
  const expression = new RegExp(`^${source}$`);
  return (name) => expression.test(name);
}
