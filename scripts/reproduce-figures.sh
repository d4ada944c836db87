#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The experiment of dist-keras's introduction, simulated: MNIST, 784-1000-200-10, Adam, batches of 4, one epoch; test accuracy and
# virtual time against the number of workers and, at 20 workers, against the communication window; several seeds a point.
#   scripts/reproduce-figures.sh [FOLDER]          FOLDER: where the runs go (default: runs/figures)
#   scripts/reproduce-figures.sh --check [POINT …] runs points again, with the first seed, and fails where one's accuracy has drifted out of
#                                                  what its seeds have in the tables. A point is TRAINER,WORKERS,WINDOW; by default four of them
# Writes docs/figures/workers.csv and windows.csv, a row a run, when all runs are there, and workers.svg and windows.svg if Python has
# matplotlib. A run takes about half a minute on one core; one that is in FOLDER already is not repeated.
#   SEEDS  the seeds (default: "1 2 3")      JOBS  how many runs at once, a core each (default: 1)
#   TUSK   the program (default: build/release/tusk)
set -euo pipefail
cd "$(dirname "$0")/.."

tusk=${TUSK:-build/release/tusk}
seeds=${SEEDS:-1 2 3}
results=docs/figures
say() { echo "reproduce-figures.sh: $*" >&2; }
[ -x "$tusk" ] || { say "no program '$tusk': build it, or name it with TUSK"; exit 1; }
if [ ! -f data/mnist-train.h5 ] || [ ! -f data/mnist-test.h5 ]; then ./scripts/prepare-data.sh mnist; fi

# run TRAINER WORKERS WINDOW SEED: leaves $runs/TRAINER-WORKERS-WINDOW-SEED.csv.
run() {
  local name=$1-$2-$3-$4
  [ -f "$runs/$name.csv" ] && return
  "$tusk" simulate configs/mnist-adag.toml --workers "$2" --run-dir "$runs/$name" --overwrite --csv "$runs/$name.part" --threads 1 \
    --set name="$name" --set seed="$4" --set data.validation_split=0.0 \
    --set trainer.name="$1" --set trainer.communication_window="$3" --set trainer.epochs=1 --set trainer.batch_size=4 \
    --set 'simulate.step_time={type="lognormal", mean=0.01, sigma=0.1}' --set simulate.latency=1e-4 --set simulate.bandwidth=1e10 \
    > /dev/null || { [ $? -eq 86 ] && echo "diverged" > "$runs/$name.part"; }  # a result, too
  rm -rf "${runs:?}/$name"
  mv "$runs/$name.part" "$runs/$name.csv"
}

# row TRAINER WORKERS WINDOW SEED: the run's line of a table.
row() {
  awk -F, -v start="$1,$2,$3,$4" '
    NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; diverged = $1 == "diverged" }
    NR == 2 { print start "," $column["test_accuracy"] "," $column["test_loss"] "," $column["time_s"] "," $column["speed_up"] "," \
              $column["staleness_mean"] "," $column["staleness_max"] }
    END { if (diverged) print start ",nan,nan,nan,nan,nan,nan" }' "$runs/$1-$2-$3-$4.csv"
}

check() {
  local point trainer workers window low high now failed=0
  runs=$(mktemp -d)
  trap 'rm -rf "$runs"' EXIT
  for point in "${@:-adag,10,5 downpour,10,5 downpour,30,5 aeasgd,10,32}"; do
    for point in $point; do
      IFS=, read -r trainer workers window <<< "$point"
      read -r low high < <(cat $results/workers.csv $results/windows.csv | awk -F, -v point="$point" '
        $1 "," $2 "," $3 == point { a = $5 == "nan" ? 0 : $5; if (!n++ || a < low) low = a; if (n == 1 || a > high) high = a }
        END { if (n) print low, high; else print "none", "none" }')
      [ "$low" != none ] || { say "$point is not in the tables"; exit 64; }
      run "$trainer" "$workers" "$window" "${seeds%% *}"
      now=$(row "$trainer" "$workers" "$window" "${seeds%% *}" | cut -d, -f5)
      if awk -v a="${now/nan/0}" -v low="$low" -v high="$high" 'BEGIN { exit !(a < low - 0.01 || a > high + 0.01) }'; then
        say "$point has drifted: test accuracy $now, in the tables $low to $high"
        failed=1
      else
        echo "$point: $now, in the tables $low to $high"
      fi
    done
  done
  exit $failed
}

if [ "${1:-}" = --check ]; then check "${@:2}"; fi

runs=${1:-runs/figures}
mkdir -p "$runs" "$results"
workers=() windows=()
for n in 1 5 10 20 30 40; do workers+=("downpour $n 5" "aeasgd $n 32" "adag $n 5"); done
for k in 1 5 10 20 35 50; do windows+=("downpour 20 $k" "aeasgd 20 $k" "adag 20 $k"); done

for seed in $seeds; do
  for point in "${workers[@]}" "${windows[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-1}" ]; do wait -n; done
    # shellcheck disable=SC2086
    run $point "$seed" &
  done
  wait
done

columns=trainer,workers,window,seed,test_accuracy,test_loss,time_s,speed_up,staleness_mean,staleness_max
# tabulate FILE POINT …
tabulate() {
  local file=$1 point seed
  { echo $columns; for point in "${@:2}"; do for seed in $seeds; do row $point "$seed"; done; done; } > "$file.part"
  mv "$file.part" "$file"
}
tabulate $results/workers.csv "${workers[@]}"
tabulate $results/windows.csv "${windows[@]}"

python=${TUSK_PYTHON:-/usr/bin/python3}
if "$python" -c 'import matplotlib' 2> /dev/null; then
  "$python" scripts/plot-figures.py $results
else
  say "the tables are in $results; no plots, because Python has no matplotlib (apt-get install python3-matplotlib)"
fi
