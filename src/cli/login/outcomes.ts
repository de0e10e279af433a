/** What became of clients, a line for each, in Docker's own words. Pure. */

/** One client and one registry. */
interface Outcome {
  readonly client: string;
  readonly registry: string;
  readonly outcome: 'done' | 'absent' | 'failed';
}

/** Writes down who has been logged in. */
export function formatOutcomes(outcomes: readonly Outcome[]): string {
  return formatLines(
    outcomes.filter(({ outcome }) => outcome === 'done'),
    'Login Succeeded',
  );
}

/** Writes a line for each client and registry. */
export function formatLines(lines: readonly Pick<Outcome, 'client' | 'registry'>[], words: string): string {
  const width = Math.max(0, ...lines.map(({ client }) => client.length));
  return lines.map(({ client, registry }) => `${client.padEnd(width)}  ${registry}: ${words}\n`).join('');
}
