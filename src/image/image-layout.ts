/**
 * What the registry's image looks like inside, shared with people who used registry:2 (S2-01, S3-14).
 *
 *     /bin/registry               the command, a script that the kernel hands to Node
 *     /etc/passwd, /etc/group     names for root and for nobody
 *     /lib/…                      Node's shared libraries, where its loader looks for them
 *     /tmp                        open to all
 *     /usr/lib/devreg/            the bundle
 *     /usr/local/bin/node
 *     /var/lib/registry           the volume; open to all, since any user may run the image
 */

/** Where Node is; the first line of `/bin/registry` names it. */
export const NODE_PATH = 'usr/local/bin/node';
export const BUNDLE_FOLDER = 'usr/lib/devreg';
export const COMMAND_PATH = 'bin/registry';
export const DATA_FOLDER = 'var/lib/registry';

/** The settings of containers, as far as they do not depend on this machine. */
export const CONTAINER_DEFAULTS = {
  Entrypoint: [`/${COMMAND_PATH}`],
  Cmd: ['serve', '/etc/distribution/config.yml'],
  ExposedPorts: { '5000/tcp': {} },
  Volumes: { [`/${DATA_FOLDER}`]: {} },
  // `docker exec registry bin/registry …` counts on it.
  WorkingDir: '/',
} as const;

/** Where containers look for commands. */
export const COMMAND_FOLDERS = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
