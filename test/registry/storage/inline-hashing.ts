/** Background hashing without a thread, for tests that open very many stores. */
import { type DigestAlgorithm, startDigest } from '../../../src/oci/digest.ts';
import type { BackgroundDigest, BackgroundHashing } from '../../../src/registry/storage/background-hashing.ts';

const MEMORY_SIZE = 4096;

export function inlineHashing(): BackgroundHashing {
  return {
    start(algorithm: DigestAlgorithm): BackgroundDigest {
      const digest = startDigest(algorithm);
      return {
        async add(read) {
          const target = new Uint8Array(MEMORY_SIZE);
          const length = await read(target);
          digest.update(target.subarray(0, length));
          return length;
        },
        finish: async () => digest.finish(),
        abandon: () => undefined,
      };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
