/** What to do where devreg cannot assemble the registry's image. */

/** A hint for errors. */
export const OWN_IMAGE_HINT =
  'Build the image where devreg is installed, by docker build -t devreg-registry . in its folder, and give it with ' +
  '--registry-image devreg-registry.';
