#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds the #includes to the table in ARCHITECTURE.md: a room includes itself and the rooms listed here,
# only mpi (and src/main/, which alone ends the job) includes <mpi.h>, only data/hdf5 <hdf5.h>.
# Prints what breaks a rule, as file:line; exit 1 if anything does.
set -euo pipefail
cd "$(dirname "$0")/.."

# What a room may include beyond itself and core.
declare -A may_include=(
  [core]=""
  [mpi]=""
  [options]=""
  [experiment]="options"

  [data/hdf5]="mpi"
  [data/tables]="mpi"
  [data/csv]="mpi data/tables"
  [data/datasets]="mpi data/hdf5"
  [data/transforms]="mpi options data/hdf5 data/datasets"
  [data/samples]="mpi data/datasets data/transforms"
  [data/convert]="mpi data/hdf5 data/tables data/csv data/datasets"

  [net/kernels]=""
  [net/layers]="options net/kernels"
  [net/graph]="net/kernels net/layers"
  [net/optim]="options"
  [net/formats]="options data/hdf5 data/datasets net/layers net/graph"
  [net/exports]="options net/layers net/graph net/formats"

  [use/evaluation]="mpi options data/datasets data/samples data/transforms net/graph net/formats"
  [use/inference]="mpi data/hdf5 data/tables data/datasets data/transforms net/graph use/evaluation"

  [exchange/center]="mpi"
  [exchange/strategies]="exchange/center"

  [run/records]="mpi data/hdf5"
  [run/worker]="data/samples net/layers net/graph net/optim exchange/center exchange/strategies run/records"
  [run/coordinator]="mpi net/optim use/evaluation exchange/center run/records"
  [run/checkpoint]="mpi experiment data/hdf5 exchange/center run/records run/worker run/coordinator"
  [run/relay]="mpi exchange/center exchange/strategies run/records run/coordinator run/checkpoint"
  [run/training]="mpi options experiment data/hdf5 data/datasets data/transforms data/samples net/graph net/formats net/exports
    use/evaluation exchange/center exchange/strategies run/records run/worker run/relay run/coordinator run/checkpoint"
  [run/simulation]="data/datasets data/samples net/graph net/optim exchange/center exchange/strategies
    run/records run/worker run/relay run/checkpoint run/training"
  [run/advice]="mpi data/samples net/graph exchange/center exchange/strategies run/records run/worker run/training"

  [run/queue]=""

  [cli]="mpi options experiment data/hdf5 data/datasets data/transforms data/convert net/graph net/formats net/exports use/evaluation
    use/inference exchange/strategies run/records run/checkpoint run/training run/simulation run/advice run/queue"
  [main]="mpi cli"  # tusk::main
)
# The room that a public header, tusk/NAME.hpp, belongs to: its arrows hold for it. Those not named belong to the ground.
declare -A room_of=(
  [transform]=data/transforms [training_rows]=data/transforms
  [team]=net/kernels [layer]=net/layers [gradient_sink]=net/layers [parameter]=net/layers
  [loss]=net/graph [optimizer]=net/optim
  [center]=exchange/center [peers]=exchange/center [strategy]=exchange/strategies
  [main]=main
)
# Where the public API begins. There is no public header that these do not need.
public_roots="main extensions strategy center peers layer loss optimizer transform training_rows error options/fields"
# The options as plain structs, which every room may include.
options='^experiment/([a-z_]+_options|rule_traits|experiment)\.hpp$'

broken=0
complain() {
  echo "$1" >&2
  broken=1
}

while IFS=: read -r file line text; do
  room=${file#src/} room=${room%/*}
  [[ $file == src/*/* ]] || continue  # the program itself
  if [ -z "${may_include[$room]+known}" ]; then
    complain "$file: in a room that scripts/check-layering.sh does not know"
    continue
  fi
  target=${text#*\"} target=${target%%\"*}
  if [[ $target != */* || $target == *..* ]]; then
    complain "$file:$line: include \"$target\": headers are named from src/, as \"$room/…\" is"
    continue
  fi
  other=${target%/*}
  if [[ $target == tusk/* ]]; then
    name=${target#tusk/} name=${name%.hpp}
    other=${room_of[$name]:-core}
  fi
  [[ $other == "$room" || $other == core || $target =~ $options ]] && continue
  if [[ " ${may_include[$room]//[[:space:]]/ } " != *" $other "* ]]; then
    complain "$file:$line: room $room may not include room $other ($target); it may include: core ${may_include[$room]}"
  fi
done < <(grep -rnE '^\s*#\s*include\s*"' src)

# The public headers include each other alone, and all of them are needed.
declare -A needed=()
need() {
  local target
  [ -n "${needed[$1]+yes}" ] && return
  needed[$1]=yes
  while IFS= read -r target; do
    if [[ $target == tusk/* ]]; then
      target=${target#tusk/}
      need "${target%.hpp}"
    else
      complain "include/tusk/$1.hpp: includes \"$target\", which is not public"
    fi
  done < <(sed -nE 's/^#include "([^"]*)"$/\1/p' "include/tusk/$1.hpp")
}
for root in $public_roots; do need "$root"; done
while IFS= read -r file; do
  name=${file#include/tusk/} name=${name%.hpp}
  [ -n "${needed[$name]+yes}" ] || complain "$file: no public header needs it; its place is in a room of src/"
done < <(find include -name '*.hpp')

# only WHERE WHAT PATTERN: the pattern stands nowhere else in the sources.
only() {
  while IFS= read -r hit; do
    complain "$hit: only $1 may $2"
  done < <(grep -rnE "$3" src include | grep -vE "^src/$1" | cut -d: -f1,2 || true)
}
only '(mpi/|main/)' 'include <mpi.h>' '^\s*#\s*include\s*<mpi\.h>'
only 'data/hdf5/' 'include <hdf5.h>' '^\s*#\s*include\s*<hdf5(_hl)?\.h>'
only 'main/' 'call MPI_Abort' '\bMPI_Abort *\('
only 'main/' 'end the process' '\bstd::(exit|quick_exit|_Exit|abort|terminate)\b'

[ $broken -eq 0 ] && echo "check-layering.sh: the includes follow the table"
exit $broken
