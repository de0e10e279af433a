/** Images that the machine's engine has: all that a cluster is made of, and one more. */

export const NODE_IMAGE = process.env['DEVREG_NODE_IMAGE'] ?? 'kindest/node:v1.34.4';
export const TRAEFIK = 'traefik:v3.6.12';

/** Small, and in every node image: nodes need not pull it. It does nothing. */
export const SMALL = 'registry.k8s.io/pause:3.10.1';

/** Everything that a cluster needs. */
export const CLUSTER_IMAGES = [NODE_IMAGE, TRAEFIK, SMALL];

/** One with a shell and other small programs. */
export const WITH_SHELL = 'lab.local/tools:1';
