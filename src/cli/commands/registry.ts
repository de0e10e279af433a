/** Declares `devreg registry …`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples, collect } from './declaration.ts';
import { declareBackup } from './registry-backup.ts';
import { declareGc } from './registry-gc.ts';

/** Adds the commands. */
export function declareRegistry(parent: Command, context: Context): void {
  const registry = parent
    .command('registry')
    .summary('run the registry by itself')
    .description('Run the registry by itself, and look after its data.');
  declareServe(registry, context);
  declareGc(registry, context);
  declareBackup(registry, context);
  declareRebuild(registry, context);
  addExamples(registry, [
    ['devreg registry serve', 'a registry at localhost:5000 until ^C'],
    ['devreg registry gc', 'remove what no image needs any more'],
    ['devreg registry backup monday.tar', 'a copy of everything in one file'],
    ['devreg registry rebuild --data-dir ./data', 'after its database was lost'],
  ]);
}

function declareServe(registry: Command, context: Context): void {
  const command = registry
    .command('serve')
    .summary('serve a registry in the foreground')
    .description(
      'Serve a registry in the foreground until ^C or SIGTERM. The log goes to standard output, one JSON object a ' +
        'line. Without users anybody on this machine may push, and nobody else is served. REGISTRY_* variables of ' +
        'registry:2 count where no option says otherwise.',
    )
    .option('--listen <address>', 'address and port, repeatable (default: 127.0.0.1:5000)', collect)
    .option('--data-dir <folder>', 'folder for the images (default: below the XDG data folder)')
    .option('--user <name>', 'administrator; reading stays open to all, writing then needs a login')
    .option('--password-file <file>', "file with the administrator's password")
    .option('--password-stdin', "read the administrator's password from standard input")
    .option('--token-file <file>', "file with the administrator's access token")
    .option('--tls <when>', 'auto: TLS and plain HTTP on each port; off: plain HTTP only (default: auto)')
    .option('--tls-cert <file>', 'certificate of your own, in PEM')
    .option('--tls-key <file>', 'its key')
    .option('--san <name>', 'another name or address in the certificate, repeatable', collect)
    .option('--anonymous-push', 'let anybody who reaches the registry push and delete')
    .option('--require-owner', 'refuse pushes unless the image begins with the name of the user: alice/app')
    .option('--no-delete', 'refuse to delete tags, manifests and blobs')
    .option('--allow-sparse-indexes', 'accept indexes that name manifests which are not there')
    .option('--durability <how>', 'full: a push survives a power cut; fast: the death of the process (default: full)')
    .option('--route <rule>', 'serve repositories below a path: [HOST]/PATH=[REPOSITORY], repeatable', collect)
    .option('--trusted-proxy <network>', 'believe X-Forwarded-* from there, such as 10.0.0.0/8, repeatable', collect)
    .option('--gc-interval <time>', 'how often garbage is collected, such as 90m; off: only on demand (default: 60m)')
    .option('--gc-lease <time>', 'how long clients may rely on a blob that no manifest has (default: 60m)')
    .option('--grace <time>', 'how long open requests get at the end (default: 8s)')
    .action(async (_flags, self: Command) => {
      const { serve } = await import('../actions/registry-serve.ts');
      await serve(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg registry serve', 'for this machine alone, without a login'],
    [
      'devreg registry serve --listen 0.0.0.0:5000 --user admin --password-file ./password --san 192.168.1.10',
      'for other machines too, which then need a login to push',
    ],
    [
      'devreg registry serve --route cnoe.localtest.me:8443/gitea=',
      'the image gitea/owner/app of that host is owner/app',
    ],
  ]);
}

function declareRebuild(registry: Command, context: Context): void {
  const command = registry
    .command('rebuild')
    .summary('make the database anew from the images')
    .description(
      'Make the database of a registry that does not run anew, from the indexes beside its images. The database as it ' +
        'was is kept. Users, tokens and permissions are not in the indexes: devreg create and the options of serve ' +
        'make the administrator anew.',
    )
    .option('--data-dir <folder>', 'folder with the images')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .action(async (_flags, self: Command) => {
      const { rebuild } = await import('../actions/registry-rebuild.ts');
      await rebuild(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg registry backup monday.tar', 'a copy of everything in one file'],
    ['devreg registry rebuild --data-dir ~/.local/share/devreg/registries/devreg', 'the data of devreg create'],
    ['devreg registry backup monday.tar', 'a copy of everything in one file'],
    ['devreg registry rebuild --data-dir ./data -o json', 'a report for scripts'],
  ]);
}
