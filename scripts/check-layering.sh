#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds the #includes to the picture in ARCHITECTURE.md: a room includes itself and the rooms listed here,
# only mpi (and src/main.cpp, which alone ends the job) includes <mpi.h>, only io <hdf5.h>.
# Prints what breaks a rule, as file:line; exit 1 if anything does.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A may_include=(
  [core]=""
  [nn]="core"
  [optim]="core"
  [mpi]="core"
  [center]="core mpi"
  [strategies]="core center mpi"
  [io]="core nn optim mpi"
  [data]="core io mpi"
  [experiment]="core"
  [training]="core nn optim mpi center strategies io data experiment"
  [simulation]="core nn optim center strategies io data experiment training"
  [cli]="core nn optim mpi center strategies io data experiment training simulation"
)
# The options as plain structs, which every room may include.
options='^experiment/([a-z_]+_options|experiment)\.hpp$'

broken=0
complain() {
  echo "$1" >&2
  broken=1
}

for folder in src/*/ include/tusk/*/; do
  room=$(basename "$folder")
  if [ -z "${may_include[$room]+known}" ]; then
    complain "$folder: a room that scripts/check-layering.sh does not know"
    continue
  fi
  while IFS=: read -r file line text; do
    target=$(sed -E 's/.*"([^"]*)".*/\1/' <<< "$text")
    case $target in
      *..*) complain "$file:$line: include \"$target\": headers are named from include/, or lie beside the source" ;;
      tusk/*/*)
        target=${target#tusk/}
        other=${target%%/*}
        if [ "$other" != "$room" ] && ! [[ $target =~ $options ]] && [[ " ${may_include[$room]} " != *" $other "* ]]; then
          complain "$file:$line: room $room may not include room $other ($target); it may include: ${may_include[$room]:-none}"
        fi
        ;;
    esac
  done < <(grep -rnE '^\s*#\s*include\s*"' "$folder" || true)
done

# only WHERE WHAT PATTERN: the pattern stands nowhere else in the sources.
only() {
  while IFS= read -r hit; do
    complain "$hit: only $1 may $2"
  done < <(grep -rnE "$3" src include | grep -vE "^(src|include/tusk)/$1" | cut -d: -f1,2 || true)
}
only '(mpi/|main\.cpp)' 'include <mpi.h>' '^\s*#\s*include\s*<mpi\.h>'
only 'io/' 'include <hdf5.h>' '^\s*#\s*include\s*<hdf5(_hl)?\.h>'
only 'main\.cpp' 'call MPI_Abort' '\bMPI_Abort *\('
only 'main\.cpp' 'end the process' '\bstd::(exit|quick_exit|_Exit|abort|terminate)\b'

[ $broken -eq 0 ] && echo "check-layering.sh: the includes follow the picture"
exit $broken
