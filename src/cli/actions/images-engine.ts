/** `devreg images push` and `devreg images pull`: between an engine of this machine and the own registry. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseChoice, parseText } from '../../config/values.ts';
import { formatReference } from '../../oci/reference.ts';
import { copyOne } from '../../workflows/images/copy-one.ts';
import { enginePlace, ownReference } from '../../workflows/images/engine-images.ts';
import type { ImagePlace } from '../../workflows/images/image-place.ts';
import type { Context } from '../context.ts';
import { type CopiedRow, toRow } from '../images/copied-view.ts';
import { readCopyWish } from '../images/copy-options.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
import { showCopying } from '../images/show-copying.ts';
import { READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { answerCopies } from './images-copy.ts';

/** From the engine to the registry. */
export async function push(context: Context, names: readonly string[], flags: Flags): Promise<void> {
  await move(context, names, flags, 'Pushing', (engine, own) => ({ from: engine, to: own }));
}

/** From the registry to the engine. */
export async function pull(context: Context, names: readonly string[], flags: Flags): Promise<void> {
  await move(context, names, flags, 'Pulling', (engine, own) => ({ from: own, to: engine }));
}

async function move(
  context: Context,
  names: readonly string[],
  flags: Flags,
  title: 'Pushing' | 'Pulling',
  direct: (engine: ImagePlace, own: ImagePlace) => { readonly from: ImagePlace; readonly to: ImagePlace },
): Promise<void> {
  const { surroundings } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const wish = readCopyWish(options, flags, surroundings.machine.arch);
  const engine = options.read('engine', 'docker or podman', parseChoice(['docker', 'podman'])) ?? 'docker';
  const isQuiet = options.readSwitch('quiet');
  const output = options.read('output', 'a format', parseText);
  options.finish();
  const format = output === undefined ? undefined : parseOutputFormat(output, READ_FORMATS);
  await using command = await openImagesCommand(context, registries);
  const { own, ports } = command;
  const rows = await showCopying(context, `${title} ${names.join(' and ')}`, isQuiet, async (progress) => {
    const done: CopiedRow[] = [];
    for (const name of names) {
      const reference = ownReference(name, own.chosenHost(), own.chosen().names);
      // What is pulled is called as images are in manifests of this registry; what is pushed as the user calls it.
      const inEngine = enginePlace(title === 'Pushing' ? name : formatReference(reference), engine);
      const { from, to } = direct(inEngine, { kind: 'registry', reference });
      done.push(toRow(await copyOne(from, to, wish, ports, progress)));
    }
    return done;
  });
  await answerCopies(context, rows, format, isQuiet);
}
