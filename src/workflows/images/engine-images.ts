/** Names of images between an engine of this machine and a registry of one's own. Pure. */
import { DOCKER_HUB, type Reference } from '../../oci/reference.ts';
import { type ImagePlace, endOf, parseImagePlace, parseRegistryReference, referenceIn } from './image-place.ts';

/**
 * The image in the own registry that stands for one of an engine, and the other way round: `app:1`, `quay.io/team/app:1`
 * and `localhost:5001/team/app:1` keep their path.
 * @throws DevregError REFERENCE_INVALID
 */
export function ownReference(name: string, host: string, ownNames: readonly string[], prefix = ''): Reference {
  const reference = parseRegistryReference(name, () => host);
  const { registry, repository } = reference;
  const path = registry === DOCKER_HUB ? repository.replace(/^library\//, '') : repository;
  const base = ownNames.includes(registry) ? registry : host;
  return referenceIn(base, `${prefix === '' ? '' : `${prefix}/`}${path}${endOf(reference)}`);
}

/** An image of an engine. @throws DevregError TRANSPORT_INVALID */
export function enginePlace(name: string, engine: 'docker' | 'podman'): ImagePlace {
  return parseImagePlace(`${engine === 'docker' ? 'docker-daemon' : 'containers-storage'}:${name}`, () => '');
}
