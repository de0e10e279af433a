/** What `devreg login --print` shows: commands to be pasted, in which no password stands. Pure. */
import { type LoginCommand, loginCommands } from '../../workflows/login-commands.ts';
import { quoteWord } from '../create/shell.ts';

/** What is shown. */
export interface PrintFacts extends Omit<Parameters<typeof loginCommands>[0], 'pem'> {
  /** The words that call this program. */
  readonly program: string;
  /** What devreg calls the registry. */
  readonly name: string;
}

/** Stands in the words where the shell shall read the certificate. */
const PEM = '<certificate>';

/** Writes the commands down, a line for each. */
export function printCommands({ program, name, user, ca, ...facts }: PrintFacts): string {
  const password = `${program} get secrets -p registry -o password --name ${name}`;
  const certificate = ca === undefined ? '' : `"$(cat ${quoteWord(ca)})"`;
  const write = ({ env, words, readsPassword }: LoginCommand) => {
    const variables = Object.entries(env).map(([variable, value]) => `${variable}=${quoteWord(value)} `);
    const line = words.map((word) => (word === PEM ? certificate : quoteWord(word))).join(' ');
    return `${readsPassword ? `${password} | ` : ''}${variables.join('')}${line}\n`;
  };
  return loginCommands({ ...facts, user, ca, pem: PEM })
    .map(write)
    .join('');
}

/** Writes down what the files of docker and podman would say about devreg's helper. */
export function printHelpers(files: readonly string[], registries: readonly string[]): string {
  const json = JSON.stringify(
    { credHelpers: Object.fromEntries(registries.map((one) => [one, 'devreg'])) },
    undefined,
    2,
  );
  return files.map((file) => `# ${file}\n${json}\n`).join('');
}
