/** The words that follow `registry` in a container, as Distribution's image takes them (S2-01, S3-14). */

/** What is asked for. */
export type ContainerCommand =
  | { readonly kind: 'serve'; readonly configPath: string | undefined }
  | {
      readonly kind: 'garbage-collect';
      readonly configPath: string | undefined;
      readonly isDryRun: boolean;
      readonly deleteUntagged: boolean;
      readonly isQuiet: boolean;
      /** Whether a program reads the report. */
      readonly isJson: boolean;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string };

/** How to use it. */
export const USAGE = `usage: registry serve [CONFIG.yml]
       registry garbage-collect [--dry-run] [--delete-untagged] [--json] [CONFIG.yml]

Settings come from DEVREG_* and REGISTRY_* variables, then from the configuration file, in Distribution's form.
`;

const GC_FLAGS: ReadonlyMap<string, 'isDryRun' | 'deleteUntagged' | 'isQuiet' | 'isJson'> = new Map([
  ['-d', 'isDryRun'],
  ['--dry-run', 'isDryRun'],
  ['-m', 'deleteUntagged'],
  ['--delete-untagged', 'deleteUntagged'],
  ['-q', 'isQuiet'],
  ['--quiet', 'isQuiet'],
  ['--json', 'isJson'],
]);

/**
 * Reads the arguments. The name of the command itself may come first, since images are also started with
 * `command: [registry, serve, …]`; a configuration file alone means to serve, as it does in registry:2.
 */
export function parseArguments(args: readonly string[]): ContainerCommand {
  const isNamed = args[0] === 'registry' || args[0] === '/bin/registry';
  const [command = 'serve', ...rest] = isNamed ? args.slice(1) : args;
  if (/\.ya?ml$/.test(command)) return parseServe([command, ...rest]);
  switch (command) {
    case 'serve':
      return parseServe(rest);
    case 'garbage-collect':
      return parseGarbageCollect(rest);
    case 'help':
    case '--help':
    case '-h':
      return { kind: 'help' };
    default:
      return wrong(`There is no command ${command}.`);
  }
}

function parseServe(rest: readonly string[]): ContainerCommand {
  const [configPath, another] = rest;
  if (configPath?.startsWith('-') === true) return wrong(`serve has no option ${configPath}.`);
  if (another !== undefined) return wrong(`serve takes one configuration file; ${another} is one too many.`);
  return { kind: 'serve', configPath };
}

function parseGarbageCollect(rest: readonly string[]): ContainerCommand {
  const flags = { isDryRun: false, deleteUntagged: false, isQuiet: false, isJson: false };
  const paths: string[] = [];
  for (const word of rest) {
    const [, name = word, value] = /^(-.*)=(true|false)$/.exec(word) ?? [];
    const flag = GC_FLAGS.get(name);
    if (flag !== undefined) flags[flag] = value !== 'false';
    else if (word.startsWith('-')) return wrong(`garbage-collect has no option ${word}.`);
    else paths.push(word);
  }
  const [configPath, another] = paths;
  if (another !== undefined) return wrong(`garbage-collect takes one configuration file; ${another} is one too many.`);
  return { kind: 'garbage-collect', configPath, ...flags };
}

function wrong(problem: string): ContainerCommand {
  return { kind: 'wrong', problem };
}
