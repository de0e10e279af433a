/** Names of repositories and tags, as the distribution-spec writes them. */

/** A repository name that matches the specification's grammar. */
export type RepositoryName = string & { readonly __repository: unique symbol };

/** A tag that matches the specification's grammar. */
export type Tag = string & { readonly __tag: unique symbol };

/** Clients limit host, slash and name together to 255 characters; a longer name could not be pulled by anyone. */
export const REPOSITORY_NAME_MAX_LENGTH = 255;

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/**
 * Reads a repository name.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 * @returns the name, or undefined when the text is not one
 */
export function parseRepositoryName(text: string): RepositoryName | undefined {
  return text.length <= REPOSITORY_NAME_MAX_LENGTH && REPOSITORY.test(text) ? (text as RepositoryName) : undefined;
}

/**
 * Reads a tag.
 * @returns the tag, or undefined when the text is not one
 */
export function parseTag(text: string): Tag | undefined {
  return TAG.test(text) ? (text as Tag) : undefined;
}
