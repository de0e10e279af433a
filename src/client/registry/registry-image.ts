/** An image in a registry, to be copied from and to. */
import type { Readable } from 'node:stream';
import type { ImageSource, Referrer, StoredManifest } from '../../copy/image-source.ts';
import type { BlobOutcome, ImageTarget } from '../../copy/image-target.ts';
import { DevregError } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { type Reference, formatReference } from '../../oci/reference.ts';
import { contentWrong } from './content-wrong.ts';
import type { RegistryClient } from './registry-client.ts';

/** Opens an image; disposing of it leaves the client open. Without tag and digest the tag `latest` is meant. */
export function openRegistryImage(client: RegistryClient, reference: Reference): ImageSource & ImageTarget {
  return new RegistryImage(client, reference);
}

class RegistryImage implements ImageSource, ImageTarget {
  readonly name: string;
  readonly #client: RegistryClient;
  readonly #reference: Reference;
  readonly #repository: string;

  constructor(client: RegistryClient, reference: Reference) {
    this.name = `docker://${formatReference(reference)}`;
    this.#client = client;
    this.#reference = reference;
    this.#repository = reference.repository;
  }

  readRoot(signal: AbortSignal): Promise<StoredManifest> {
    const { tag = 'latest', digest } = this.#reference;
    return this.#client.getManifest(this.#repository, digest ?? tag, signal);
  }

  readManifest(digest: Digest, signal: AbortSignal): Promise<StoredManifest> {
    return this.#client.getManifest(this.#repository, digest, signal);
  }

  openBlob(blob: Descriptor, signal: AbortSignal, offset?: number): Promise<Readable> {
    return this.#client.openBlob(this.#repository, blob, signal, offset);
  }

  listReferrers(digest: Digest, signal: AbortSignal): Promise<readonly Referrer[]> {
    return this.#client.listReferrers(this.#repository, digest, signal);
  }

  async hasManifest(digest: Digest, signal: AbortSignal): Promise<boolean> {
    return (await this.#client.headManifest(this.#repository, digest, signal)) !== undefined;
  }

  async claimBlob(
    blob: Descriptor,
    from: ImageSource,
    signal: AbortSignal,
  ): Promise<Exclude<BlobOutcome, 'copied'> | undefined> {
    const place = this.#placeFor(blob, from);
    if (await this.#client.hasBlob(this.#repository, blob.digest, signal)) return 'there';
    // The upload must be begun in any case: what the registry does not take over is sent to what it begins instead.
    const other = place === this.#repository ? undefined : place;
    return (await this.#client.mountBlob(this.#repository, blob, other, signal)) ? 'mounted' : undefined;
  }

  #placeFor({ digest }: Descriptor, from: ImageSource): string | undefined {
    const isHere = from instanceof RegistryImage && from.#client.host === this.#client.host;
    return isHere ? from.#repository : this.#client.placeOf(digest);
  }

  async writeBlob(blob: Descriptor, open: (offset: number) => Promise<Readable>, signal: AbortSignal): Promise<void> {
    await this.#client.uploadBlob(this.#repository, blob, open, signal);
  }

  async writeManifest(manifest: StoredManifest, tags: readonly string[], signal: AbortSignal): Promise<void> {
    const [first = manifest.digest, ...more] = tags;
    await this.#write(first, manifest, signal, more);
  }

  async finish(root: StoredManifest, signal: AbortSignal): Promise<void> {
    const { tag, digest } = this.#reference;
    if (digest !== undefined && digest !== root.digest) {
      throw new DevregError('failure', 'DIGEST_CHANGES', `What is copied is ${root.digest}, not ${this.name}.`, {
        hint: 'Name a tag, or the digest that it has.',
      });
    }
    await this.#write(digest ?? tag ?? 'latest', root, signal, digest !== undefined && tag !== undefined ? [tag] : []);
  }

  async #write(
    reference: string,
    manifest: StoredManifest,
    signal: AbortSignal,
    tags: readonly string[],
  ): Promise<void> {
    const digest = await this.#client.putManifest(this.#repository, reference, manifest, signal, tags);
    const isSame = digest === manifest.digest || digest.startsWith('sha256:') !== manifest.digest.startsWith('sha256:');
    if (!isSame) throw contentWrong(this.name, `was stored as ${digest}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
