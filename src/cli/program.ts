/** The commands, declared; what they do is loaded when one is called. */
import { Command } from 'commander';
import { declareCompletion } from './commands/completion.ts';
import { declareConfig } from './commands/config.ts';
import { declareCreate } from './commands/create.ts';
import { addExamples } from './commands/declaration.ts';
import { declareDelete } from './commands/delete.ts';
import { declareDoctor } from './commands/doctor.ts';
import { declareGet } from './commands/get.ts';
import { declareImages } from './commands/images.ts';
import { declareLogin } from './commands/login.ts';
import { declareLogout } from './commands/logout.ts';
import { declareLogs } from './commands/logs.ts';
import { declarePermission } from './commands/permission.ts';
import { declarePolicy } from './commands/policy.ts';
import { declareRegistry } from './commands/registry.ts';
import { declareShortBackup, declareShortRestore } from './commands/registry-backup.ts';
import { declareRotate } from './commands/rotate.ts';
import { declareStart } from './commands/start.ts';
import { declareStatus } from './commands/status.ts';
import { declareStop } from './commands/stop.ts';
import { declareToken } from './commands/token.ts';
import { declareUser } from './commands/user.ts';
import { declareTrust, declareUntrust } from './commands/trust.ts';
import { declareVersion } from './commands/version.ts';
import type { Context } from './context.ts';
import { VERSION } from './version.ts';

const ENVIRONMENT = `
Each option has a variable: --registry-port is DEVREG_REGISTRY_PORT. Flags count before variables, and these before
devreg.yaml and the configuration of the user; see devreg config --help.
DEVREG_NO_INPUT=1 never asks, NO_COLOR=1 and FORCE_COLOR=1 are heeded.

Exit codes: 0 done, 1 failure, 2 wrong usage, 3 not found, 4 credentials refused, 5 conflict (port, folder),
6 something missing on this machine, 7 too slow, 8 problems were found, 130 interrupted.`;

/**
 * Commands that see to certificates by themselves, that have nothing to do with a registry that is there, or, as doctor,
 * that are to find things as they are.
 */
const KEEPS_OUT: ReadonlySet<string> = new Set([
  'backup',
  'completion',
  'config',
  'create',
  'delete',
  'doctor',
  'registry',
  'restore',
  'rotate',
  'start',
  'stop',
  'version',
]);

/** In the order that help shows them in, by the word that each begins with. */
const DECLARATIONS: ReadonlyMap<string, (program: Command, context: Context) => void> = new Map([
  ['create', declareCreate],
  ['delete', declareDelete],
  ['start', declareStart],
  ['stop', declareStop],
  ['status', declareStatus],
  ['get', declareGet],
  ['images', declareImages],
  ['login', declareLogin],
  ['logout', declareLogout],
  ['rotate', declareRotate],
  ['user', declareUser],
  ['token', declareToken],
  ['permission', declarePermission],
  ['policy', declarePolicy],
  ['logs', declareLogs],
  ['registry', declareRegistry],
  ['backup', declareShortBackup],
  ['restore', declareShortRestore],
  ['trust', declareTrust],
  ['untrust', declareUntrust],
  ['config', declareConfig],
  ['completion', declareCompletion],
  ['doctor', declareDoctor],
  ['version', declareVersion],
]);

/** Of `get secrets` it is `get`. */
function firstWord(command: Command): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : firstWord(parent);
}

/** All hundreds of options take longer to declare than most commands take; one that is named needs none of the others. */
function declarationsFor(word: string | undefined) {
  const named = DECLARATIONS.get(word ?? '');
  return named === undefined ? DECLARATIONS.values() : [named];
}

/**
 * Makes the program. It throws CommanderError instead of ending the process.
 * @param word the first of the command line: where it names a command, the program has this one alone. Without it, or
 *   where something else comes first, the program has all of them.
 */
export function createProgram(context: Context, word?: string): Command {
  const program = new Command('devreg')
    .description('A local Kubernetes cluster with its own OCI registry, TLS and credentials, in one command.')
    .version(VERSION, '-V, --version', 'show the version')
    .option('-l, --log-level <level>', 'how much to say: error, warn, info or debug (default: info)')
    .option('--color <when>', 'colour: auto, always or never (default: auto)')
    .option('--progress <how>', 'how to show what goes on: text, or json for one object a line (default: text)')
    .option('-y, --yes', 'answer every question with yes')
    .option('--config <file>', 'a configuration file in the place of devreg.yaml')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help about a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => context.terminal.answer(text),
      writeErr: (text) => context.terminal.fail(text.trimEnd()),
      outputError: () => {},
      getOutHelpWidth: () => context.surroundings.stdout.columns ?? 100,
      getErrHelpWidth: () => context.surroundings.stderr.columns ?? 100,
    })
    .exitOverride();
  for (const declare of declarationsFor(word)) declare(program, context);
  addExamples(program, [
    ['devreg create', 'make a cluster with a registry'],
    ['devreg get secrets', 'what to log in with'],
  ]);
  program.addHelpText('after', ENVIRONMENT);
  program.hook('preAction', async (_program, command) => {
    const { configure } = await import('./configuration.ts');
    await configure(command, context);
    if (!KEEPS_OUT.has(firstWord(command))) await (await import('./certificates.ts')).keepCertificates(context);
  });
  return program;
}
