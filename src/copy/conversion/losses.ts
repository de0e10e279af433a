/** What an image loses by being converted, in sentences. Pure. */

/** What is left out, or stays behind. */
export interface Losses {
  /** Signatures, attestations and the like, which are about a digest that changes. */
  readonly attachments: number;
  readonly annotations: boolean;
  /** Of Docker's configuration, such as `Healthcheck`. */
  readonly settings: readonly string[];
}

/** @param name of the image */
export function formatLosses(name: string, { attachments, annotations, settings }: Losses): readonly string[] {
  const behind =
    attachments === 1 ? '1 signature or attestation stays' : `${attachments} signatures or attestations stay`;
  return [
    ...(attachments === 0 ? [] : [`${behind} behind: ${name} is converted, and its digest changes.`]),
    ...(annotations ? [`${name} loses its annotations: Docker's format has no place for them.`] : []),
    ...(settings.length === 0
      ? []
      : [`${name} loses ${settings.join(', ')}: OCI's configuration has no place for such settings.`]),
  ];
}
