#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Flat centers and trees of centers for 32, 128 and 256 workers, simulated with configs/mnist-tree.toml: the table of docs/tree.md.
#   scripts/tree-figures.sh [PATTERN]    PATTERN: of the rows wanted, as "128 5 .*" (workers, window, name; default: all)
# Rows beyond the first table: `downpour` and `adag` at several learning rates (they want lower ones), HALoS (delayed_nesterov at both levels), a quarter of the
# workers four times slower, and 1,024 workers with four times the samples.
# Writes a line a row: workers, window, name, the test accuracy of each seed. A run takes some five seconds of two cores.
#   SEEDS  the seeds (default: "1 2 3")      TUSK   the program (default: build/release/tusk)
set -euo pipefail
cd "$(dirname "$0")/.."

tusk=${TUSK:-build/release/tusk}
say() { echo "tree-figures.sh: $*" >&2; }
[ -x "$tusk" ] || { say "no program '$tusk': build it, or name it with TUSK"; exit 1; }
if [ ! -f data/mnist-train.h5 ] || [ ! -f data/mnist-test.h5 ]; then ./scripts/prepare-data.sh mnist; fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# row WORKERS WINDOW NAME TRAINER SET…: TRAINER are the keys of [trainer] beside the common ones.
row() {
  local workers=$1 window=$2 name=$3 trainer=$4 scores=() seed set arguments=() code
  shift 4
  [[ "$workers $window $name" =~ ^${pattern}$ ]] || return 0
  for set in "$@"; do arguments+=(--set "$set"); done
  for seed in ${SEEDS:-1 2 3}; do
    code=0
    "$tusk" simulate configs/mnist-tree.toml --workers "$workers" --run-dir "$folder/run" --overwrite --csv "$folder/run.csv" \
      --set seed="$seed" --set "trainer={communication_window=$window, epochs=${epochs:-6}, batch_size=4, $trainer}" "${arguments[@]}" \
      > /dev/null 2> "$folder/errors" || code=$?
    case $code in
      0) scores+=("$(awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) c[$i] = i } NR == 2 { printf "%.4f", $c["test_accuracy"] }' "$folder/run.csv")") ;;
      86) scores+=(diverged) ;;
      *) cat "$folder/errors" >&2; exit $code ;;
    esac
  done
  echo "$workers $window $name: ${scores[*]}"
}

pattern=${1:-.*}
flat='server={}'
for workers in 32 128 256; do
  tree="server.ranks_per_node=$((workers == 32 ? 17 : 33))"
  for window in 5 20; do
    rate=2.5
    if [ "$workers" = 256 ]; then rate=2.0; fi
    if [ "$window" = 20 ]; then rate=1.5; fi
    node="name=\"async_local_sgd\", outer_learning_rate=$rate"
    for rule in downpour adag dynsgd aeasgd delayed_nesterov; do row "$workers" "$window" "flat $rule" "name=\"$rule\"" "$flat"; done
    row "$workers" "$window" "flat async_local_sgd 1.5" 'name="async_local_sgd"' "$flat"
    row "$workers" "$window" "flat async_local_sgd 2.5" 'name="async_local_sgd", outer_learning_rate=2.5' "$flat"
    row "$workers" "$window" "tree diloco $rate" "$node" "$tree"
    row "$workers" "$window" "tree averaging $rate" "$node" "$tree" 'relay={name="averaging"}'
    row "$workers" "$window" "tree downpour adag" 'name="adag"' "$tree" 'relay={name="downpour"}'
    row "$workers" "$window" "tree elastic" 'name="aeasgd", alpha=0.3' "$tree" 'relay={name="easgd", alpha=0.4}'
  done
done

for workers in 32 128 256; do
  tree="server.ranks_per_node=$((workers == 32 ? 17 : 33))"
  for sum in 1 2 4; do  # what a window of every worker goes along a constant gradient, all together
    for rule in downpour adag; do
      eta=$(awk "BEGIN { printf \"%.5f\", $sum / $workers / ($([ $rule = downpour ] && echo 5 || echo 1)) }")
      row "$workers" 5 "flat $rule eta $eta" "name=\"$rule\"" "$flat" optimizer.learning_rate="$eta"
    done
  done
  every=$((workers == 256 ? 1 : 5))
  row "$workers" 5 "tree halos" 'name="delayed_nesterov"' "$tree" "relay={name=\"delayed_nesterov\", outer_learning_rate=0.5, outer_momentum=0.5, merge=0.25, every=$every}"
done
gamma='name="async_local_sgd", outer_learning_rate=2.5'
row 128 5 "tree diloco 2.5, slow quarter" "$gamma" server.ranks_per_node=33 'simulate.worker_factor=[1.0, 1.0, 1.0, 4.0]'
row 128 5 "flat async_local_sgd 2.5, slow quarter" "$gamma" "$flat" 'simulate.worker_factor=[1.0, 1.0, 1.0, 4.0]'
epochs=24 row 1024 5 "tree diloco 2.0, four times the samples" 'name="async_local_sgd", outer_learning_rate=2.0' server.ranks_per_node=33
