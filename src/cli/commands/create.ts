/** Declares `devreg create`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareCreate(parent: Command, context: Context): void {
  const command = parent
    .command('create')
    .summary('make a cluster with a registry')
    .description(
      'Make a Kubernetes cluster with a registry, TLS and credentials; where there is no container engine, the registry ' +
        'alone, as a process. Run it again to bring everything to what you ask for: images and password stay.',
    )
    .option('--name <name>', 'name (default: the only one there is, else devreg)')
    .option('--provider <where>', 'kind, or process (default: kind where docker and kind are there)')
    .option('--host <name>', 'name that clients use, in the certificate (default: registry.localtest.me)')
    .option('--port <port>', 'port that goes with the host; 0: any (default: 8443)')
    .option('--registry-port <port>', 'port that goes with localhost; 0: any (default: 5001)')
    .option('--protocol <protocol>', 'https, or http without any certificate (default: https)')
    .option('--tls <when>', 'auto or off; off is --protocol http (default: auto)')
    .option('--user <name>', 'administrator (default: giteaAdmin)')
    .option('--rotate-password', 'draw a new password and a new token')
    .option('--password-file <file>', 'a password of your own (default: one that is drawn)')
    .option('--dev-password', 'the password developer, which everybody knows')
    .option('--data-dir <folder>', 'folder of this machine for the images; it outlives the cluster')
    .option('--durability <how>', 'full: a push survives a power cut; fast: the death of the process (default: full)')
    .option('--timeout <time>', 'how long it may take, such as 30s or 10m (default: 5m; 60s for a process)')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .optionsGroup('Options for clusters:')
    .option('--workers <number>', 'worker nodes beside the control plane (default: 0)')
    .option('--node-image <image>', 'image of the nodes, such as kindest/node:v1.34.0')
    .option('--kind-config <source>', 'a file, a URL or - with a kind configuration to build upon')
    .option('--extra-ports <pairs>', 'more ports of this machine into the control plane, such as 22:32222,80:30080')
    .option('--ingress <which>', 'traefik or none (default: traefik)')
    .option('--san <name...>', 'more names of the registry, on this machine, on nodes and in pods')
    .option('--use-path-routing', 'name images by a path, too: localtest.me:8443/registry/NAME')
    .option('--node-port <port>', 'port of the nodes that leads to the registry (default: 30050)')
    .option('--storage-size <size>', 'room for images (default: 10Gi)')
    .option('--storage-class <name>', 'storage class for the images (default: a folder of the control plane)')
    .option('--registry-image <image>', 'an image to run instead of the one that comes with devreg')
    .option('--recreate', 'remove a cluster that is there first')
    .option('--hosts-file', 'write names that do not resolve into /etc/hosts; devreg delete takes them out')
    .option('--login', 'log docker and podman in')
    .option('--keep-on-failure', 'keep what was begun when something fails')
    .option('--dry-run', 'show the kind configuration and the manifests instead of applying them')
    .action(async (_flags, self: Command) => {
      const { create } = await import('../actions/create.ts');
      await create(context, self.optsWithGlobals());
    });
  addExamples(command, [
    [
      'devreg create --hosts-file --login',
      'a cluster, and a registry at registry.localtest.me:8443 and localhost:5001',
    ],
    ['devreg create --workers 2 --name big', 'one with two more nodes'],
    ['devreg create --provider process --port 0 --registry-port 0 -o json', 'a registry alone, on ports of its own'],
    ['devreg create --dry-run -o yaml', 'what would be made'],
    ['devreg create --rotate-password', 'a new password for the one that runs'],
  ]);
}
