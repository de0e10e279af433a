/** Plans in words: what changes in each file, and the commands that a person would run to do the same. Pure. */
import { createHash } from 'node:crypto';
import { win32 } from 'node:path';
import type { FileChange } from './file-plan.ts';
import { quoteWord } from './shell-word.ts';
import type { Authority } from './target.ts';
import { type TrustPlan, changes } from './trust-plan.ts';

/** A certificate in PEM. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----([\w+/=\s]*)-----END CERTIFICATE-----/g;

/**
 * What changes in a file, line by line: `-` goes, `+` comes, with a line of what stays around it. Certificates are one
 * line each, with what openssl calls them by.
 */
export function formatDiff({ path, before = '', after = '' }: Pick<FileChange, 'path' | 'before' | 'after'>): string {
  const [old, young] = [linesOf(nameCertificates(before)), linesOf(nameCertificates(after))];
  const isSame = (line: string, index: number) => line === young[index];
  const start = countWhile(old, isSame);
  const rest = Math.min(old.length, young.length) - start;
  const end = Math.min(
    rest,
    countWhile(old.toReversed(), (line, index) => line === young.at(-1 - index)),
  );
  const lines = [
    ...old.slice(Math.max(0, start - 1), start).map((line) => `  ${line}`),
    ...old.slice(start, old.length - end).map((line) => `- ${line}`),
    ...young.slice(start, young.length - end).map((line) => `+ ${line}`),
    ...(end === 0 ? [] : old.slice(old.length - end, old.length - end + 1)).map((line) => `  ${line}`),
  ];
  return `${path}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/**
 * The plan as lines for a shell.
 * @param prefix what goes before the commands of root: `sudo ` for people who are not
 */
export function formatCommands(
  plan: Pick<TrustPlan, 'files' | 'commands'>,
  authority: Authority | undefined,
  prefix: string,
): string[] {
  const before = ({ owner }: { readonly owner: string }) => (owner === 'root' ? prefix : '');
  return [
    ...plan.files.filter(changes).flatMap((file) => fileCommands(file, authority, before(file))),
    ...plan.commands.map((command) => `${before(command)}${command.argv.map(quoteWord).join(' ')}`),
  ];
}

function fileCommands(file: FileChange, authority: Authority | undefined, sudo: string): string[] {
  if (file.path.includes('\\')) return powerShellCommands(file);
  const { path, before, after, folders } = file;
  const target = quoteWord(path);
  if (after === undefined) {
    const emptied = folders.toReversed().map((folder) => `${sudo}rmdir ${quoteWord(folder)}`);
    return [`${sudo}rm ${target}`, ...emptied];
  }
  const folder = folders.at(-1);
  const preparation = folder === undefined ? [] : [`${sudo}install -d ${quoteWord(folder)}`];
  if (before === undefined && after === authority?.certificate)
    return [...preparation, `${sudo}install -m 644 ${quoteWord(authority.file)} ${target}`];
  const backup = before === undefined ? [] : [`${sudo}cp -p ${target} ${quoteWord(`${path}.before-devreg`)}`];
  const text = after.endsWith('\n') ? after : `${after}\n`;
  return [...preparation, ...backup, `${sudo}tee ${target} > /dev/null <<'DEVREG'\n${text}DEVREG`];
}

/** Where paths have backslashes, people have PowerShell. */
function powerShellCommands({ path, before, after }: FileChange): string[] {
  const target = quoteForPowerShell(path);
  if (after === undefined) return [`Remove-Item ${target}`];
  const folder = quoteForPowerShell(win32.dirname(path));
  return [
    ...(before === undefined ? [`New-Item -Force -ItemType Directory ${folder}`] : []),
    ...(before === undefined ? [] : [`Copy-Item ${target} ${quoteForPowerShell(`${path}.before-devreg`)}`]),
    `Set-Content -NoNewline ${target} @'\n${after}\n'@`,
  ];
}

function quoteForPowerShell(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function nameCertificates(text: string): string {
  return text.replaceAll(CERTIFICATE, (_all, base64: string) => {
    const sum = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex').toUpperCase();
    return `certificate with the SHA-256 fingerprint ${sum.match(/../g)?.join(':')}`;
  });
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function countWhile<T>(items: readonly T[], test: (item: T, index: number) => boolean): number {
  const index = items.findIndex((item, at) => !test(item, at));
  return index === -1 ? items.length : index;
}
