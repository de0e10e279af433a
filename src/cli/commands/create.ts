/** Declares `devreg create`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareCreate(parent: Command, context: Context): void {
  const command = parent
    .command('create')
    .summary('make a registry and start it')
    .description(
      'Make a registry with TLS and credentials and start it. Run it again to start a registry that has stopped, or ' +
        'with other options to change one: images and password stay.',
    )
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--provider <where>', 'where it runs; this version knows process')
    .option('--host <name>', 'name that clients use, in the certificate (default: registry.localtest.me)')
    .option('--port <port>', 'port that goes with the host; 0: any (default: 8443)')
    .option('--registry-port <port>', 'port that goes with localhost; 0: any (default: 5001)')
    .option('--user <name>', 'administrator (default: giteaAdmin)')
    .option('--data-dir <folder>', 'folder for the images (default: below the XDG data folder)')
    .option('--rotate-password', 'draw a new password and a new token')
    .option('--durability <how>', 'full: a push survives a power cut; fast: the death of the process (default: full)')
    .option('--tls <when>', 'auto: TLS and plain HTTP on both ports; off: plain HTTP only (default: auto)')
    .option('--timeout <time>', 'how long it may take to become ready, such as 30s or 2m (default: 60s)')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .action(async (_flags, self: Command) => {
      const { create } = await import('../actions/create.ts');
      await create(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg create', 'a registry at registry.localtest.me:8443 and localhost:5001'],
    [
      'devreg create --name ci --port 0 --registry-port 0 -o json',
      'one beside it, for a job of CI, on ports of its own',
    ],
    ['devreg create --rotate-password', 'a new password for the one that runs'],
  ]);
}
