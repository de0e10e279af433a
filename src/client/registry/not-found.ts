/** What is not in a registry. */
import { DevregError } from '../../errors.ts';

/** @param reference a tag or a digest; undefined: the repository itself */
export function imageNotFound(host: string, repository: string, reference: string | undefined): DevregError {
  const separator = reference?.includes(':') === true ? '@' : ':';
  const name = `${host}/${repository}${reference === undefined ? '' : `${separator}${reference}`}`;
  return new DevregError('not-found', 'IMAGE_NOT_FOUND', `There is no ${name}.`, {
    hint: `See devreg images list-tags ${host}/${repository}.`,
  });
}
