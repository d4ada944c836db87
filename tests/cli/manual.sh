#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the man page and the completions, and has mandoc, bash and zsh read them. Every command and every option that --help
# names must be in all three.
# Usage: manual.sh TUSK BUILD CMAKE
set -euo pipefail
tusk=$1 build=$2 cmake=$3
for program in zsh mandoc; do
  command -v $program > /dev/null || { echo "skipped: there is no $program here (scripts/install-deps.sh --dev)" && exit 77; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

wrong=0
complain() {
  echo "manual.sh: $1" >&2
  wrong=1
}

"$cmake" --install "$build" --component manual --prefix "$folder" > /dev/null
man=$folder/share/man/man1/tusk.1 bash=$folder/share/bash-completion/completions/tusk zsh=$folder/share/zsh/site-functions/_tusk
for file in "$man" "$bash" "$zsh"; do [ -s "$file" ] || complain "$file is not installed"; done

mandoc -T lint -W error "$man" || complain "mandoc finds errors in the man page"
# mandoc marks bold by overprinting; the page is one line so that options may break.
page=$(mandoc -T ascii -O width=500 "$man" | sed 's/.\x08//g')
commands=$("$tusk" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ "$(wc -w <<< "$commands")" -ge 12 ] || complain "--help names only these commands: $commands"
for command in $commands; do
  grep -q "tusk $command" <<< "$page" || complain "the man page has no tusk $command"
  offered=$(bash -c "source '$bash'; COMP_WORDS=(tusk $command --) COMP_CWORD=2; _tusk; echo \" \${COMPREPLY[*]} \"")
  for option in $("$tusk" "$command" --help | grep -oE '^  (-[a-z],)?--[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+'); do
    [ "$option" = --help ] || grep -qF -- "$option" <<< "$page" || complain "the man page has no $command $option"
    grep -qF -- " $option " <<< "$offered" || complain "bash does not complete $command $option: $offered"
    sed -n "/^        $command)/,/;;/p" "$zsh" | grep -qF -- "$option[" || complain "zsh does not complete $command $option"
  done
done
[ "$(bash -c "source '$bash'; COMP_WORDS=(tusk ev) COMP_CWORD=1; _tusk; echo \${COMPREPLY[*]}")" = evaluate ] || complain "bash: tusk ev"
[ "$(bash -c "source '$bash'; COMP_WORDS=(tusk submit --launcher m) COMP_CWORD=3; _tusk; echo \${COMPREPLY[*]}")" = mpirun ] ||
  complain "bash: tusk submit --launcher m"

# zsh as a user has it: a terminal, in which the tabulator key is pressed.
cat > "$folder/keys.zsh" << 'END'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; PS1=; LISTMAX=9999; COLUMNS=200; echo read''y"
zpty -r -m shell line '*ready*'
zpty -n -w shell "tusk $2"$'\t'
repeat 50; do
  sleep 0.1
  zpty -r -t shell piece && print -rn -- "$piece"
done
END
said=$(timeout 60 zsh -f "$folder/keys.zsh" "${zsh%/*}" 'submit --laun' 2>&1) || true
grep -qF 'submit --launcher' <<< "$said" || complain "zsh does not complete tusk submit --laun: $said"
exit $wrong
