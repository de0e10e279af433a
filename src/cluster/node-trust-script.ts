/** What runs inside a node to set up the way to the registry. */

import { REGISTRY_FOLDER } from '../rendering/kind-config.ts';

/** Where a node keeps the CA's certificate. */
export const NODE_AUTHORITY = '/etc/containerd/devreg-ca.crt';

/** What the script writes. */
export interface TrustFiles {
  /** How every `hosts.toml` of devreg's begins. */
  readonly mark: string;
  /** The text of each, without the end of its last line. */
  readonly hostsFile: string;
  /** PEM; empty: none. */
  readonly authority: string;
  readonly names: readonly string[];
  /** Whether only to say what would be done. */
  readonly isDry: boolean;
}

/**
 * The script for a POSIX shell, all it needs included, to be read from its standard input: what is on the command line
 * would stand in every error. It prints `written NAME`, `removed NAME` and `conflict PATH`, one a line; of the CA it
 * prints `authority PATH` when that changes.
 */
export function formatTrustScript({ mark, hostsFile, authority, names, isDry }: TrustFiles): string {
  return `mark=${quote(mark)}
hosts=${quote(hostsFile)}
ca=${quote(authority)}
dry=${isDry ? 'yes' : ''}
set -- ${names.map(quote).join(' ')}
${SCRIPT}`;
}

/** A text as one word of a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A pull may read while this writes, so every file is renamed into place, the CA before what names it. containerd
 * looks into `HOST_PORT_` before `HOST:PORT` (core/remotes/docker/config, hostPaths).
 */
const SCRIPT = `set -eu
umask 022
root=${REGISTRY_FOLDER}
authority=${NODE_AUTHORITY}

# Whether a file is there and begins as devreg's do.
is_ours() {
  [ -f "$1" ] || return 1
  line=
  IFS= read -r line < "$1" || :
  case $line in "$mark"*) return 0 ;; esac
  return 1
}

is_empty() {
  [ -z "$(ls -A "$1")" ]
}

# Writes a name's file, unless its folder is somebody else's.
put() {
  file=$root/$1/hosts.toml
  if [ -d "$root/$1" ] && ! is_ours "$file" && ! is_empty "$root/$1"; then
    if [ -e "$file" ]; then echo "conflict $file"; else echo "conflict $root/$1"; fi
    return 0
  fi
  if [ -f "$file" ] && [ "$(cat "$file")" = "$hosts" ]; then return 0; fi
  echo "written $1"
  if [ -n "$dry" ]; then return 0; fi
  mkdir -p "$root/$1"
  printf '%s\\n' "$hosts" > "$file.new"
  mv -f "$file.new" "$file"
}

is_wanted() {
  wanted=$1
  shift
  for name in "$@"; do
    if [ "$name" = "$wanted" ]; then return 0; fi
  done
  return 1
}

if [ -z "$dry" ]; then mkdir -p "$root"; fi
if [ -n "$ca" ] && ! { [ -f "$authority" ] && [ "$(cat "$authority")" = "$ca" ]; }; then
  echo "authority $authority"
  if [ -z "$dry" ]; then
    printf '%s\\n' "$ca" > "$authority.new"
    mv -f "$authority.new" "$authority"
  fi
fi

for name in "$@"; do
  case $name in
    *:*) rival=$root/\${name%:*}_\${name##*:}_ ;;
    *) rival= ;;
  esac
  if [ -n "$rival" ] && [ -e "$rival" ]; then echo "conflict $rival"; fi
  put "$name"
done

for file in "$root"/*/hosts.toml; do
  folder=\${file%/hosts.toml}
  if is_ours "$file" && ! is_wanted "\${folder##*/}" "$@"; then
    echo "removed \${folder##*/}"
    if [ -n "$dry" ]; then continue; fi
    rm -f "$file"
    rmdir "$folder" 2> /dev/null || :
  fi
done
if [ -z "$ca" ] && [ -e "$authority" ]; then
  echo "authority $authority"
  if [ -z "$dry" ]; then rm -f "$authority"; fi
fi
`;
