/** The words that follow `registry` in a container, as Distribution's image takes them (S2-01, S3-14). */

/** What is asked for. */
export type ContainerCommand =
  | { readonly kind: 'serve'; readonly configPath: string | undefined }
  | { readonly kind: 'garbage-collect' }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string };

/** How to use it. */
export const USAGE = `usage: registry serve [CONFIG.yml]
       registry garbage-collect [--dry-run] [--delete-untagged] [CONFIG.yml]

Settings come from DEVREG_* and REGISTRY_* variables, then from the configuration file, in Distribution's form.
`;

const GC_FLAGS: ReadonlySet<string> = new Set(['-d', '--dry-run', '-m', '--delete-untagged', '-q', '--quiet']);

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
  const unknown = rest.find((word) => word.startsWith('-') && !GC_FLAGS.has(word.replace(/=(?:true|false)$/, '')));
  return unknown === undefined ? { kind: 'garbage-collect' } : wrong(`garbage-collect has no option ${unknown}.`);
}

function wrong(problem: string): ContainerCommand {
  return { kind: 'wrong', problem };
}
