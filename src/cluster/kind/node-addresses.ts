/** Lets nodes live with other addresses than they had: engines give them out anew at each start. */
import type { ContainerEngine } from '../../engine/engine.ts';
import { execOnNode } from '../node-exec.ts';

/**
 * The images kindest/node do this by themselves before their first process is systemd (kind, images/base/files/usr/
 * local/bin/entrypoint, `fix_kubelet`, `fix_certificate`); then nothing is left to do. It is what stands in a node's own
 * files: everything else in the cluster calls nodes by their names.
 */
const SCRIPT = `set -eu
tries=300
until [ "$(cat /proc/1/comm)" = systemd ]; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then exit 0; fi
  sleep 0.1
done
flags=/var/lib/kubelet/kubeadm-flags.env
if [ ! -f "$flags" ]; then exit 0; fi

changed=
for old in $(sed -n 's/.*--node-ip=\\([0-9a-f.:,]*\\).*/\\1/p' "$flags" | tr , ' '); do
  case $old in
    *:*) family=ahostsv6 around='0-9a-f:' ;;
    *) family=ahostsv4 around='0-9.' ;;
  esac
  set -- $(getent "$family" "$(hostname)" || :)
  new=\${1:-}
  if [ -z "$new" ] || [ "$new" = "$old" ]; then continue; fi
  pattern=$(printf %s "$old" | sed 's/[.]/[.]/g')
  for file in /etc/kubernetes/manifests/*.yaml /etc/kubernetes/*.conf /kind/kubeadm.conf /var/lib/kubelet/config.yaml "$flags"; do
    if [ ! -f "$file" ]; then continue; fi
    # Twice: two that stand side by side share what is between them.
    replace="s/(^|[^$around])$pattern($|[^$around])/\\\\1$new\\\\2/g"
    sed -i -E -e "$replace" -e "$replace" "$file"
  done
  changed="$changed $old=$new"
done
if [ -z "$changed" ]; then exit 0; fi

pki=/etc/kubernetes/pki
if [ -f "$pki/apiserver.crt" ] && [ -f /kind/kubeadm.conf ]; then
  rm -f "$pki/apiserver.crt" "$pki/apiserver.key"
  kubeadm init phase certs apiserver --config /kind/kubeadm.conf > /dev/null
fi
systemctl restart --no-block kubelet 2> /dev/null || :
echo $changed
`;

/**
 * Puts a node's new addresses where it has its old ones.
 * @returns what was replaced, as `old=new`; empty when nothing was
 * @throws DevregError NODE_IMAGE_UNFIT, EXEC_FAILED, and what the engine throws
 */
export async function adoptAddresses(engine: ContainerEngine, node: string, signal: AbortSignal): Promise<string> {
  const request = { container: node, command: ['/bin/sh', '-s'], input: SCRIPT, signal };
  return (await execOnNode(engine, request)).trim();
}
