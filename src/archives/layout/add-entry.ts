/** How an image gets into the list of a layout. Pure. */
import type { Descriptor } from '../../oci/descriptor.ts';
import { CONTAINERD_NAME, namesOf, REF_NAME } from './layout-index.ts';

/** What is put into the list. */
export interface NewEntry {
  readonly descriptor: Descriptor;
  /** For `org.opencontainers.image.ref.name`. */
  readonly refName: string | undefined;
  /** With nothing left out, for containerd's annotation. */
  readonly fullName: string | undefined;
}

/** The list with an image more, once for each of its names; what had the name before leaves the list. */
export function addEntry(entries: readonly Descriptor[], added: NewEntry): readonly Descriptor[] {
  const entry = withNames(added);
  const isNameless = namesOf(entry).length === 0;
  if (isNameless && entries.some(({ digest }) => digest === entry.digest)) return entries;
  const isReplaced = (other: Descriptor): boolean =>
    isOfSameName(other, added) || (other.digest === entry.digest && namesOf(other).length === 0);
  const at = entries.findIndex(isReplaced);
  const others = entries.filter((other) => !isReplaced(other));
  return at < 0 ? [...others, entry] : others.toSpliced(at, 0, entry);
}

function withNames({ descriptor, refName, fullName }: NewEntry): Descriptor {
  const names = {
    ...(fullName !== undefined && { [CONTAINERD_NAME]: fullName }),
    ...(refName !== undefined && { [REF_NAME]: refName }),
  };
  if (Object.keys(names).length === 0) return descriptor;
  return { ...descriptor, annotations: { ...descriptor.annotations, ...names } };
}

/** Full names tell images apart where both have one. */
function isOfSameName({ annotations }: Descriptor, { refName, fullName }: NewEntry): boolean {
  const other = annotations?.[CONTAINERD_NAME];
  if (fullName !== undefined && other !== undefined) return other === fullName;
  return refName !== undefined && annotations?.[REF_NAME] === refName;
}
