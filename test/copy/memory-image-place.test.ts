/** The place that tests of copying use does what every place does. */
import { imagePlaceContract } from '../support/contracts/image-place-contract.ts';
import { createMemoryImagePlace } from '../support/fakes/memory-image-place.ts';

imagePlaceContract(async () => {
  const place = createMemoryImagePlace();
  return { openTarget: async () => place, openSource: async () => place, [Symbol.asyncDispose]: async () => {} };
});
