/** What shells load so that they ask this program what can come next. */

/** The shells there are scripts for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The word behind the program's name that asks; what is being typed follows. */
export const COMPLETE = '__complete';

const BASH = String.raw`# Completion of devreg for bash: devreg completion bash > ~/.local/share/bash-completion/completions/devreg
_devreg() {
  local line paths=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) paths=${'$'}{line#:} ;;
      *) COMPREPLY+=("${'$'}{line%%$'\t'*}") ;;
    esac
  done < <("${'$'}{COMP_WORDS[0]}" ${COMPLETE} "${'$'}{COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
  case $paths in
    files) compopt -o default 2> /dev/null ;;
    dirs) compopt -o dirnames 2> /dev/null ;;
  esac
}
complete -F _devreg devreg
`;

const ZSH = String.raw`#compdef devreg
# Completion of devreg for zsh: devreg completion zsh > "${'$'}{fpath[1]}/_devreg"
_devreg() {
  local line paths
  local -a described
  for line in "${'$'}{(@f)$("${'$'}{words[1]}" ${COMPLETE} "${'$'}{(@)words[2,CURRENT]}" 2> /dev/null)}"; do
    case $line in
      '') ;;
      :*) paths=${'$'}{line#:} ;;
      *) described+=("${'$'}{${'$'}{line%%$'\t'*}//:/\\:}:${'$'}{line#*$'\t'}") ;;
    esac
  done
  case $paths in
    files) _files ;;
    dirs) _files -/ ;;
    *) _describe 'devreg' described ;;
  esac
}
if [[ ${'$'}{funcstack[1]} == _devreg ]]; then _devreg "$@"; else compdef _devreg devreg; fi
`;

const FISH = String.raw`# Completion of devreg for fish: devreg completion fish > ~/.config/fish/completions/devreg.fish
function __devreg_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    for line in ($typed[1] ${COMPLETE} $typed[2..] "$current" 2> /dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$current"
            case ':dirs'
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c devreg -f -a '(__devreg_complete)'
`;

/** By shell. */
export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
