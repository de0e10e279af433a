/** Names of our own in CoreDNS's configuration file: one block between marks, all else byte for byte as it was. Pure. */
import { DevregError } from '../errors.ts';

/** Names, without a dot at their end, that shall mean other names. Exact names go before what is below a domain. */
export interface DnsRules {
  readonly exact: readonly { readonly name: string; readonly target: string }[];
  /** All names below a domain, but not the domain itself. */
  readonly below: readonly { readonly domain: string; readonly target: string }[];
}

const BEGIN = '# devreg: begin; what stands from here to the end mark is written by devreg';
const END = '# devreg: end';

/**
 * Puts rules into the server block for all names on port 53, in place of those of ours that are there.
 * @returns the new text, the same when there is nothing to change
 * @throws DevregError COREDNS_UNKNOWN when there is no such block, or a name is none
 */
export function withNames(corefile: string, rules: DnsRules): string {
  const rest = withoutNames(corefile);
  const rewrites = formatRules(rules);
  if (rewrites.length === 0) return rest;
  const at = findRootBlock(rest);
  const lines = [BEGIN, ...rewrites, END].map((line) => `    ${line}\n`);
  return rest.slice(0, at) + lines.join('') + rest.slice(at);
}

/** Takes the block of ours out; a text without one stays as it is. */
export function withoutNames(corefile: string): string {
  const lines = corefile.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const end = lines.findIndex((line, index) => isMark(line, END) && lines.slice(0, index).some(isBegin));
  if (end === -1) return corefile;
  const begin = lines.slice(0, end).findLastIndex(isBegin);
  return withoutNames([...lines.slice(0, begin), ...lines.slice(end + 1)].join(''));
}

const isBegin = (line: string): boolean => isMark(line, BEGIN);

function isMark(line: string, mark: string): boolean {
  return line.trim() === mark;
}

/** CoreDNS hands rules the whole name in lower case, with a dot at its end; the first rule that matches is the last. */
function formatRules({ exact, below }: DnsRules): string[] {
  return [
    ...exact.map(({ name, target }) => `rewrite name exact ${checked(name)}. ${checked(target)}. answer auto`),
    ...below.map(({ domain, target }) => {
      const pattern = `^.+\\.${checked(domain).replaceAll('.', '\\.')}\\.$`;
      return `rewrite name regex ${pattern} ${checked(target)}. answer auto`;
    }),
  ];
}

/** Names go into a file that has a meaning for spaces, braces and quotes. */
function checked(name: string): string {
  const lower = name.toLowerCase();
  if (/^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$/.test(lower)) return lower;
  throw new DevregError('usage', 'NAME_INVALID', `${JSON.stringify(name)} is not a name that DNS can have.`, {
    hint: 'Use letters, digits, hyphens and dots.',
  });
}

/** @returns where the line after the block's opening brace begins */
function findRootBlock(corefile: string): number {
  let depth = 0;
  let offset = 0;
  for (const line of corefile.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    offset += line.length;
    const words = line
      .replace(/(^|\s)#.*/, '')
      .trim()
      .split(/[\s,]+/);
    const opens = words.at(-1) === '{';
    if (depth === 0 && opens && line.endsWith('\n') && words.slice(0, -1).some(isRootZone)) return offset;
    if (opens) depth += 1;
    if (words[0] === '}') depth -= 1;
  }
  throw new DevregError('failure', 'COREDNS_UNKNOWN', "The cluster's CoreDNS has no server block for .:53.", {
    hint: 'Look at it with: kubectl -n kube-system get configmap coredns -o yaml',
  });
}

function isRootZone(word: string): boolean {
  return /^(dns:\/\/)?\.(:53)?$/.test(word);
}
