/** Declares `devreg registry backup`, `restore` and `scrub`; the first two go without `registry` too (S1-30). */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples, collect } from './declaration.ts';

/** Adds the commands. */
export function declareBackup(registry: Command, context: Context): void {
  declareWriting(registry, 'devreg registry', context);
  declareRestore(registry, 'devreg registry', context);
  declareScrub(registry, context);
}

/** Adds `devreg backup`, which does the same. */
export function declareShortBackup(program: Command, context: Context): void {
  declareWriting(program, 'devreg', context);
}

/** Adds `devreg restore`, which does the same. */
export function declareShortRestore(program: Command, context: Context): void {
  declareRestore(program, 'devreg', context);
}

/** @param words what comes before the command's name */
function declareWriting(parent: Command, words: string, context: Context): void {
  const command = parent
    .command('backup')
    .argument('<file>', 'file to write, or - for standard output')
    .summary('back up a registry, also while it runs')
    .description(
      'Write everything that a registry keeps to one tar archive: images, users, tokens and permissions, as they are in ' +
        'one moment. A registry that runs goes on serving. Who has the file can read all images, and log in with what ' +
        'is in it.',
    )
    .option('--name <name>', 'a registry that devreg create made (default: that of registry serve, else the only one)')
    .option('--data-dir <folder>', 'folder with the images, instead of a name')
    .option('--since <file>', 'leave out the images of an earlier backup, repeatable', collect)
    .action(async (file: string, _flags, self: Command) => {
      const { backUp } = await import('../actions/registry-backup.ts');
      await backUp(context, file, self.optsWithGlobals());
    });
  addExamples(command, [
    [`${words} backup monday.tar`, 'everything'],
    [`${words} backup tuesday.tar --since monday.tar`, 'what came since'],
    [`${words} backup - | ssh other ${words} restore - --data-dir ./data`, 'to another machine'],
  ]);
}

/** @param words what comes before the command's name */
function declareRestore(parent: Command, words: string, context: Context): void {
  const command = parent
    .command('restore')
    .argument('<file>', 'backup to read, or - for standard input')
    .summary('make a data folder from a backup')
    .description(
      'Restore a backup to an empty folder, from which a registry can then serve. Every image is verified. When ' +
        'something is missing or damaged, nothing is restored.',
    )
    .option('--data-dir <folder>', 'empty folder, or one that is not there')
    .option('--since <file>', 'backup that this one was made against, repeatable', collect)
    .action(async (file: string, _flags, self: Command) => {
      const { restore } = await import('../actions/registry-restore.ts');
      await restore(context, file, self.optsWithGlobals());
    });
  addExamples(command, [
    [`${words} restore monday.tar --data-dir ./data`, 'from a whole backup'],
    [`${words} restore tuesday.tar --since monday.tar --data-dir ./data`, 'from a backup of changes'],
  ]);
}

function declareScrub(registry: Command, context: Context): void {
  const command = registry
    .command('scrub')
    .summary('see that all images are what they should be')
    .description(
      'Read every blob and compare its digest, also while a registry runs. What is damaged, and files that no registry ' +
        'has made, are moved to the folder quarantine beside the blobs. Exit code 8 says that something was found.',
    )
    .option('--name <name>', 'a registry that devreg create made (default: that of registry serve, else the only one)')
    .option('--data-dir <folder>', 'folder with the images, instead of a name')
    .option('--rate <number>', 'how much to read in a second, in MiB (default: 64)')
    .option('--dry-run', 'say what is wrong, and move nothing')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .action(async (_flags, self: Command) => {
      const { scrub } = await import('../actions/registry-scrub.ts');
      await scrub(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg registry scrub', 'the data of registry serve'],
    ['devreg registry scrub --dry-run --rate 16 -o json', 'slowly, for scripts'],
  ]);
}
