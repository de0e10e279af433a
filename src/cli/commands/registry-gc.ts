/** Declares `devreg registry gc`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareGc(registry: Command, context: Context): void {
  const command = registry
    .command('gc')
    .summary('remove what no image needs any more')
    .description(
      'Remove blobs that no manifest references, and uploads that nobody goes on with. A registry that runs does this ' +
        'by itself every hour; while one runs on the folder, it is asked to do it now, and goes on serving. What a client ' +
        'was told of in the last hour is kept, since it may be about to push a manifest for it.',
    )
    .option('--name <name>', 'a registry that devreg create made (default: that of registry serve, else the only one)')
    .option('--data-dir <folder>', 'folder with the images, instead of a name')
    .option(
      '--delete-untagged',
      'remove manifests without a tag too, unless an index, a signature or a subject keeps them',
    )
    .option('--dry-run', 'say what would go, and remove nothing')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .action(async (_flags, self: Command) => {
      const { collectGarbage } = await import('../actions/registry-gc.ts');
      await collectGarbage(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg registry gc --dry-run', 'what would go'],
    ['devreg registry gc --name devreg', 'the data of devreg create'],
    ['devreg registry gc --delete-untagged -o json', 'a report for scripts'],
  ]);
}
