/** What the store and its hash worker say to each other. Memory goes with a message and comes back with the answer. */
import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';

export type HashRequest =
  | { readonly kind: 'start'; readonly id: number; readonly algorithm: DigestAlgorithm }
  | { readonly kind: 'add'; readonly id: number; readonly memory: ArrayBuffer; readonly length: number }
  | { readonly kind: 'finish'; readonly id: number }
  | { readonly kind: 'abandon'; readonly id: number };

export type HashReply =
  | { readonly kind: 'added'; readonly memory: ArrayBuffer }
  | { readonly kind: 'finished'; readonly id: number; readonly digest: Digest };
