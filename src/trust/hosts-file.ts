/** Which lines of a hosts file are devreg's, and how the file reads with and without them. Pure. */
import { isIPv4 } from 'node:net';

/**
 * What is to be done for one name: `present` when a line leads it where it shall already; `conflict` when one leads
 * it elsewhere, which stays.
 */
export type HostNamePlan =
  | { readonly name: string; readonly action: 'add' | 'present' }
  | {
      readonly name: string;
      readonly action: 'conflict';
      /** Where the name leads, and the line that says so, counted from 1. */
      readonly address: string;
      readonly line: number;
    };

/**
 * Where names lead. IPv4 alone: registries are published on 127.0.0.1, and with ::1 beside it every client would try
 * that first, in vain.
 */
const ADDRESS = '127.0.0.1';

/**
 * Decides for each name; a file says the same whether names are in upper or lower case.
 * @param target where names shall lead, IPv4; loopback: this machine, by whatever address of its own
 */
export function planHostNames(
  text: string,
  cluster: string,
  names: readonly string[],
  target: string = ADDRESS,
): HostNamePlan[] {
  const isRight = (address: string) => (isLoopback(target) ? isLoopback(address) : address === target);
  const lines = splitLines(text).map(parseLine);
  return names.map((name): HostNamePlan => {
    const leading = lines.flatMap((line, index) =>
      line.names.includes(name.toLowerCase()) ? [{ ...line, line: index + 1 }] : [],
    );
    const elsewhere = leading.find(({ address }) => !isRight(address));
    if (elsewhere !== undefined) return { name, action: 'conflict', address: elsewhere.address, line: elsewhere.line };
    // Another cluster's line goes when that cluster does.
    const isPresent = leading.some(
      ({ address, owner }) => isIPv4(address) && (owner === undefined || owner === cluster),
    );
    return { name, action: isPresent ? 'present' : 'add' };
  });
}

/** The names that lead here by lines of other clusters alone, which go when those clusters do. */
export function findBorrowedNames(text: string, cluster: string, names: readonly string[]): string[] {
  const lines = splitLines(text).map(parseLine);
  return names.filter((name) => {
    const owners = lines.filter((line) => line.names.includes(name.toLowerCase())).map(({ owner }) => owner);
    return owners.length > 0 && owners.every((owner) => owner !== undefined && owner !== cluster);
  });
}

/** The lines that lead names there, each with the mark of its cluster at its end. */
export function hostLines(cluster: string, names: readonly string[], target: string = ADDRESS): string[] {
  return names.map((name) => `${target} ${name} # devreg ${cluster}`);
}

/**
 * The file with lines at its end. One that lacks its last line break goes on lacking it, so that removing the lines
 * gives back what was there.
 */
export function addHostLines(text: string, lines: readonly string[]): string {
  const lineBreak = /\r\n/.test(text) ? '\r\n' : '\n';
  const isWhole = text === '' || text.endsWith('\n');
  return lines.reduce((file, line) => (isWhole ? `${file}${line}${lineBreak}` : `${file}${lineBreak}${line}`), text);
}

/** The file without the lines of a cluster. */
export function removeHostLines(text: string, cluster: string): string {
  const lines = splitLines(text);
  const kept = lines.filter((line) => parseLine(line).owner !== cluster);
  const file = kept.join('');
  const lackedBreak = lines.at(-1)?.endsWith('\n') === false && kept.at(-1) !== lines.at(-1);
  return lackedBreak ? file.replace(/\r?\n$/, '') : file;
}

/** Where an editor such as sed finds the lines of a cluster. */
export function hostLinePattern(cluster: string): string {
  return `^[0-9.]* [^ ]* # devreg ${cluster.replaceAll('.', '\\.')}[[:space:]]*$`;
}

interface HostLine {
  readonly address: string;
  /** In lower case. */
  readonly names: readonly string[];
  /** The cluster whose line it is; undefined when it is not devreg's. */
  readonly owner: string | undefined;
}

/** A line exactly as devreg writes it; one that somebody has changed is theirs. */
const OWN_LINE = /^(?:127\.0\.0\.1|(?!127\.)(?:\d{1,3}\.){3}\d{1,3}) \S+ # devreg (\S+)\r?\n?$/;

function parseLine(line: string): HostLine {
  const [address = '', ...names] = line.replace(/#.*/s, '').trim().toLowerCase().split(/\s+/);
  return { address, names, owner: OWN_LINE.exec(line)?.[1] };
}

/** Lines with their breaks. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}
