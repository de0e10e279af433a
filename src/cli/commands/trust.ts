/** Declares `devreg trust …` and `devreg untrust`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples, collect } from './declaration.ts';

const FORMATS = 'table, wide, json, yaml, name or jsonpath=… (default: table)';

/** Adds `devreg trust …`. */
export function declareTrust(parent: Command, context: Context): void {
  const trust = parent
    .command('trust')
    .summary('make docker, podman and others trust a registry')
    .description('Make programs of this machine trust a registry, or show which do. Without a word after it: install.');
  addExamples(trust, [
    ['devreg trust', 'every engine that is on this machine, and the system'],
    ['devreg trust docker --print', 'what it would take, as commands'],
    ['devreg trust status', 'who trusts what'],
  ]);
  declareInstall(trust, context);
  declareStatus(trust, context);
}

function declareInstall(trust: Command, context: Context): void {
  const command = trust
    .command('install', { isDefault: true })
    .summary('make programs trust a registry')
    .description(
      'Write the certificate authority where programs look for it, or, for a registry on plain HTTP, name the ' +
        'registry in their settings. Shows what it writes, asks before it writes what belongs to root, restarts ' +
        'nothing, and keeps what was there. Targets: docker, docker-rootless, docker-desktop, podman (with buildah ' +
        'and skopeo), containerd, buildx, system, nss (browsers), java, node.',
    )
    .argument('[targets...]', 'who is to trust it (default: the engines on this machine, and the system)')
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--registry <host:port>', "another registry than one of devreg's; may be repeated", collect)
    .option('--ca-file <file>', "certificate authority to trust (default: this user's own)")
    .option('--insecure', 'trust without a certificate, also on plain HTTP')
    .option('--print', 'only print the commands that would do it')
    .option('-o, --output <format>', FORMATS)
    .action(async (targets: readonly string[], _flags, self: Command) => {
      const { installTrust } = await import('../actions/trust.ts');
      await installTrust(context, targets, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg trust', 'every engine that is on this machine, and the system'],
    ['devreg trust docker podman --yes', 'these two, without being asked'],
    ['devreg trust docker --insecure --registry localhost:3000', 'an entry in insecure-registries'],
    ['devreg trust docker --registry server01:5000 --ca-file ca.crt', "another machine's registry"],
  ]);
}

function declareStatus(trust: Command, context: Context): void {
  const command = trust
    .command('status')
    .summary('show who trusts which registry')
    .description('Show for each target and each name of a registry whether it is trusted, and why.')
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--registry <host:port>', "another registry than one of devreg's; may be repeated", collect)
    .option('--ca-file <file>', "certificate authority in question (default: this user's own)")
    .option('--insecure', 'whether it is trusted without a certificate')
    .option('-o, --output <format>', FORMATS)
    .action(async (_flags, self: Command) => {
      const { showTrust } = await import('../actions/trust-status.ts');
      await showTrust(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg trust status', 'a table'],
    ['devreg trust status -o wide', 'with the file that decides'],
  ]);
}

/** Adds `devreg untrust`. */
export function declareUntrust(parent: Command, context: Context): void {
  const command = parent
    .command('untrust')
    .summary('take back what trust wrote, and nothing else')
    .description(
      'Take back what devreg trust wrote: files that nobody changed since are as they were before, byte for byte; ' +
        "of others devreg's part alone goes, or they stay. Without a name or a registry, everything is taken back.",
    )
    .argument('[targets...]', 'who is to trust it no longer (default: all)')
    .option('--name <name>', 'only the names of this registry')
    .option('--registry <host:port>', 'only this registry; may be repeated', collect)
    .option('--print', 'only print the commands that would do it')
    .option('-o, --output <format>', FORMATS)
    .action(async (targets: readonly string[], _flags, self: Command) => {
      const { removeTrust } = await import('../actions/trust.ts');
      await removeTrust(context, targets, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg untrust', 'everything'],
    ['devreg untrust docker --registry localhost:3000', 'one registry, for docker'],
  ]);
}
