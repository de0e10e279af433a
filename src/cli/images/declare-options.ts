/** Options that the commands about images have in common. */
import type { Command } from 'commander';
import { collect } from '../commands/declaration.ts';

const REGISTRY = 'Options about registries:';

/** Adds what chooses the own registry. */
function addNameOption(command: Command): Command {
  return command.option('--name <name>', 'name of the own registry (default: the only one there is, else devreg)');
}

/** Adds the options of a command that speaks to registries of one sort. */
export function addRegistryOptions(command: Command): Command {
  addNameOption(command).optionsGroup(REGISTRY);
  addAccess(command, '', '');
  return addRetries(addInsecure(command));
}

/** Adds the options of a command that takes from one registry and gives to another. */
export function addCopyingOptions(command: Command): Command {
  addNameOption(command).optionsGroup(REGISTRY);
  addAccess(command, '', ' on both sides');
  addInsecure(command);
  addAccess(command, 'src-', ' where images come from');
  addAccess(command, 'dest-', ' where they go');
  return addRetries(command);
}

function addAccess(command: Command, prefix: '' | 'src-' | 'dest-', where: string): void {
  command
    .option(`--${prefix}tls-verify [yes]`, `whether certificates are checked${where} (=false takes plain HTTP too)`)
    .option(`--${prefix}creds <user:password>`, `log in so${where}`)
    .option(`--${prefix}no-creds`, `log in as nobody${where}`)
    .option(`--${prefix}username <name>`, `who logs in${where}`)
    .option(`--${prefix}password <password>`, `the password of --${prefix}username; others on this machine can see it`)
    .option(`--${prefix}registry-token <token>`, `an access token${where}`)
    .option(`--${prefix}authfile <file>`, `logins${where} (default: as podman and docker look for them)`)
    .option(`--${prefix}cert-dir <folder>`, `certificates${where} (default: certs.d of podman and docker)`);
  takeBareSwitch(command, `--${prefix}tls-verify`);
}

/** As crane calls it. */
function addInsecure(command: Command): Command {
  return command.option('--insecure', 'the same as --tls-verify=false');
}

function addRetries(command: Command): Command {
  return command
    .option('--retry-times <count>', 'how often what failed in passing is tried again')
    .option('--retry-delay <time>', 'how long to wait in between, such as 2s (default: longer each time)');
}

/** Adds how much of an image is copied. */
export function addPlatformOptions(command: Command): Command {
  return command
    .option('--platform <os/arch>', 'only for this platform, or local for this machine; repeat it for several', collect)
    .option('-a, --all', 'for all platforms; this is the default')
    .option('--multi-arch <which>', 'all, system for this machine, or index-only for the index alone (default: all)')
    .option('--override-os <os>', 'the operating system that system and local stand for')
    .option('--override-arch <arch>', 'the processor that system and local stand for')
    .option('--override-variant <variant>', 'the variant of the processor');
}

/** Adds how images are copied. @param formatFlag the short one may mean something else */
export function addCopyOptions(command: Command, formatFlag: '-f, --format' | '--format'): Command {
  return addPlatformOptions(command)
    .option('--remove-signatures', 'leave out what refers to images: signatures, SBOMs, attestations')
    .option('--preserve-digests', 'fail where a digest would change')
    .option(
      `${formatFlag} <kind>`,
      "oci or v2s2 (Docker's): convert manifests, which changes digests (default: as they are)",
    )
    .option('--digestfile <file>', 'write digests to a file')
    .option('-n, --no-clobber', 'leave images alone that are there already')
    .option('-j, --jobs <count>', 'blobs of an image at the same time (default: 8)')
    .option('-q, --quiet', 'say nothing but errors')
    .option(
      '-o, --output <format>',
      'table, wide, json, yaml, name or jsonpath=… (default: a sentence for each image)',
    );
}

/** A switch with a value takes it by `=` alone, or the place of an image behind it would be its value. */
function takeBareSwitch(command: Command, option: string): void {
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (argv) => parse(argv.map((word) => (word === option ? `${option}=true` : word)));
}
