/** From what a sync is to copy to the single images. */
import type { CopyWish } from '../../workflows/images/copy-one.ts';
import { parseDestination } from '../../workflows/images/sync-destination.ts';
import { planFolder } from '../../workflows/images/sync-folder.ts';
import { type SyncItem, planSync } from '../../workflows/images/sync-plan.ts';
import type { ImagesCommand } from './open-command.ts';
import type { SyncInput, SyncWords } from './sync-input.ts';

/**
 * Plans.
 * @throws DevregError of reading the destination and of planning
 */
export async function makePlan(
  { list, folder }: SyncInput,
  { destination, destinationKind, scoped, suffix, source }: SyncWords,
  { choice }: CopyWish,
  { own, ports }: ImagesCommand,
): Promise<readonly SyncItem[]> {
  const ownHost = () => own.chosenHost();
  // A list that says nothing goes to the own registry, which it is most often for.
  const text = destination ?? (list?.jobs.some(({ target }) => target === undefined) === true ? '@' : undefined);
  const place =
    text === undefined ? undefined : parseDestination({ text, kind: destinationKind, scoped, suffix }, ownHost);
  if (folder !== undefined && place !== undefined) return planFolder(folder, place);
  if (list === undefined) return [];
  const isTargeted = source.kind === 'file' && list.kind === 'regsync';
  return planSync(list, { destination: isTargeted ? undefined : place, referrers: choice.referrers, ownHost }, ports);
}
