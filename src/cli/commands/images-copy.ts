/** Declares `devreg images copy` and `devreg images sync`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addCopyOptions, addCopyingOptions } from '../images/declare-options.ts';
import { addExamples, collect } from './declaration.ts';

/** Adds the commands. */
export function declareCopying(images: Command, context: Context): void {
  declareCopy(images, context);
  declareSync(images, context);
}

function declareCopy(images: Command, context: Context): void {
  const command = images
    .command('copy')
    .alias('cp')
    .argument('<places...>', 'where from, and where to; several sources go below a prefix')
    .usage('[options] <source...> <target>')
    .summary('copy images between registries, archives and engines')
    .description(
      'Copy images, with all platforms and with what refers to them, so that digests stay as they are. What is there ' +
        'already is not moved again, and what was cut off goes on.',
    )
    .option('--additional-tag <tag>', 'one more tag, or for archives one more name; repeat it for more', collect);
  addCopyingOptions(addCopyOptions(command, '-f, --format')).action(
    async (places: readonly string[], _flags, self: Command) => {
      const { copyImages } = await import('../actions/images-copy.ts');
      await copyImages(context, places, self.optsWithGlobals());
    },
  );
  addExamples(command, [
    [
      'devreg images copy docker://quay.io/buildah/stable docker://localhost:5001/buildah',
      'from a registry to another',
    ],
    ['devreg images copy oci:busybox_ocilayout:latest dir:existingemptydirectory', 'as skopeo has it'],
    ['devreg images copy --platform linux/arm64 alpine:3 @alpine:3-arm', 'one platform, into the own registry'],
    ['devreg images copy --format v2s2 @app:1 registry.example.com/app:1', "where only Docker's format is known"],
  ]);
}

function declareSync(images: Command, context: Context): void {
  const command = images
    .command('sync')
    .argument('[places...]', 'where from, and where to; with --file where to, if the list does not say it')
    .usage('[options] [source] [destination]')
    .summary('copy many images')
    .description(
      'Copy all images of a repository, registry, folder or list. Lists are the YAML of skopeo and of regsync, plain ' +
        'ones with an image a line, Kubernetes objects, compose files, and those of hauler and zarf. Images go to ' +
        'DESTINATION/NAME:TAG, and without a destination into the own registry.',
    )
    .option('-f, --file <file>', 'a list of images, or - for standard input')
    .option(
      '--from <kind>',
      'what the list is: skopeo, regsync, hauler, zarf, k8s, compose or list (default: seen from it)',
    )
    .option('-s, --src <kind>', 'what the source is: docker, dir or yaml')
    .option('-d, --dest <kind>', 'what the destination is: docker or dir')
    .option('--scoped', 'keep whole names of images below the destination, with their registries')
    .option('--append-suffix <text>', 'added to every tag')
    .option('--keep-going', 'copy the others when one fails')
    .option('--dry-run', 'say what would be copied, and copy nothing');
  addCopyingOptions(addCopyOptions(command, '--format')).action(
    async (places: readonly string[], _flags, self: Command) => {
      const { sync } = await import('../actions/images-sync.ts');
      await sync(context, places, self.optsWithGlobals());
    },
  );
  addExamples(command, [
    ['devreg images sync -f images.txt', 'a list, into the own registry'],
    ['devreg images sync --src docker --dest dir registry.example.com/busybox /media/usb', 'all tags, to a medium'],
    ['devreg images sync --src dir --dest docker /media/usb localhost:5001', 'and back'],
  ]);
}
