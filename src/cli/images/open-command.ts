/** What a command about images goes on with. */
import type { ImagePlace } from '../../workflows/images/image-place.ts';
import { formatPlace, parseImagePlace, parseRegistryReference } from '../../workflows/images/image-place.ts';
import type { ImagePorts } from '../../workflows/images/image-ports.ts';
import { type ImagesWish, openImages } from '../../workflows/images/open-images.ts';
import type { OwnRegistries } from '../../workflows/images/own-registries.ts';
import type { Context } from '../context.ts';

type Reference = ReturnType<typeof parseRegistryReference>;

/** Ports, and reading names as this command's user means them. */
export interface ImagesCommand extends AsyncDisposable {
  readonly ports: ImagePorts;
  readonly own: OwnRegistries;
  /** @throws DevregError REFERENCE_INVALID, TRANSPORT_INVALID, REGISTRY_NOT_FOUND for `@name` */
  readonly place: (text: string) => ImagePlace;
  /** @throws DevregError as `place`; REFERENCE_INVALID for a place outside registries */
  readonly reference: (text: string) => Reference;
}

/** Opens it. */
export async function openImagesCommand({ surroundings, terminal }: Context, wish: ImagesWish): Promise<ImagesCommand> {
  const images = await openImages(wish, surroundings, (text) => terminal.warn(text));
  const ownHost = () => images.own.chosenHost();
  return {
    ports: images.ports,
    own: images.own,
    place: (text) => parseImagePlace(text, ownHost),
    reference: (text) => parseRegistryReference(text, ownHost),
    [Symbol.asyncDispose]: () => images[Symbol.asyncDispose](),
  };
}

/** Names places in the title of a step: all of few, the number of many. */
export function titleOf(places: readonly ImagePlace[]): string {
  return places.length <= 2 ? places.map(formatPlace).join(' and ') : `${places.length} images`;
}
