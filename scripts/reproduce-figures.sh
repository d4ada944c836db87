#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The experiment of dist-keras's introduction, simulated: MNIST, 784-1000-200-10, Adam, batches of 4, one epoch; test accuracy and
# virtual time against the number of workers and, at 20 workers, against the communication window; several seeds a point.
#   scripts/reproduce-figures.sh [FOLDER]          FOLDER: where the runs go (default: runs/figures)
#   scripts/reproduce-figures.sh --check [POINT …] runs points again, with the first seed, and fails where one's accuracy has drifted out of
#                                                  what its seeds have in the tables, or its speed-up or mean staleness is another. A point is
#                                                  TRAINER,WORKERS,WINDOW; by default four of them
#   scripts/reproduce-figures.sh --small           writes docs/figures/small.csv: three points of a network that takes a second (784-64-10)
#   scripts/reproduce-figures.sh --check-small [POINT …]  checks these as --check does; a test
# Writes docs/figures/workers.csv and windows.csv, a row a run, when all runs are there, and workers.svg and windows.svg if Python has
# matplotlib. A run takes about half a minute on one core; one that is in FOLDER already is not repeated.
#   SEEDS  the seeds (default: "1 2 3")      JOBS  how many runs at once, a core each (default: 1)
#   TUSK   the program (default: build/release/tusk)      DATA   the folder of mnist-train.h5 and mnist-test.h5 (default: data)
set -euo pipefail
cd "$(dirname "$0")/.."

tusk=${TUSK:-build/release/tusk}
seeds=${SEEDS:-1 2 3}
results=docs/figures
data=${DATA:-data}
network=() tables=("$results/workers.csv" "$results/windows.csv")
small=("adag,10,5" "downpour,10,5" "aeasgd,10,32")
say() { echo "reproduce-figures.sh: $*" >&2; }
[ -x "$tusk" ] || { say "no program '$tusk': build it, or name it with TUSK"; exit 1; }
if [ ! -f "$data/mnist-train.h5" ] || [ ! -f "$data/mnist-test.h5" ]; then
  [ "$data" = data ] || { say "$data has no mnist-train.h5 or no mnist-test.h5"; exit 66; }
  ./scripts/prepare-data.sh mnist
fi

# From here on the points are those of the small network, and of its table.
take_small() {
  network=(--set 'model.layers=[{type="flatten"},{type="dense",units=64,activation="relu"},{type="dropout",rate=0.2},
                                {type="dense",units=10,activation="softmax"}]')
  network[1]=${network[1]//$'\n'/}
  tables=("$results/small.csv")
}

# run TRAINER WORKERS WINDOW SEED: leaves $runs/TRAINER-WORKERS-WINDOW-SEED.csv.
run() {
  local name=$1-$2-$3-$4
  [ -f "$runs/$name.csv" ] && return
  "$tusk" simulate configs/mnist-adag.toml --workers "$2" --run-dir "$runs/$name" --overwrite --csv "$runs/$name.part" --threads 1 \
    --set name="$name" --set seed="$4" --set data.train="$data/mnist-train.h5" --set data.test="$data/mnist-test.h5" \
    --set data.validation_split=0.0 "${network[@]}" \
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

# check POINT …: runs each with the first seed, and exits with 1 if one is not what the tables have.
check() {
  local point line failed=0
  runs=$(mktemp -d)
  trap 'rm -rf "$runs"' EXIT
  for point in "$@"; do
    # shellcheck disable=SC2086
    run ${point//,/ } "${seeds%% *}"
    # shellcheck disable=SC2086
    line=$(row ${point//,/ } "${seeds%% *}")
    # shellcheck disable=SC2016
    cat "${tables[@]}" | awk -F, -v point="$point" -v line="$line" -v seed="${seeds%% *}" '
      BEGIN { split(line, now, ","); accuracy = now[5] == "nan" ? 0 : now[5] }
      $1 "," $2 "," $3 == point {
        a = $5 == "nan" ? 0 : $5
        if (!n++ || a < low) low = a
        if (n == 1 || a > high) high = a
        if ($4 == seed) { speed_up = $8; staleness = $9 }
      }
      function differs(a, b) { return (a - b) ^ 2 > (0.001 * b) ^ 2 }
      END {
        if (!n) { print point " is not in the tables"; exit 1 }
        bad = accuracy < low - 0.01 || accuracy > high + 0.01 || differs(now[8], speed_up) || differs(now[9], staleness)
        printf "%s%s: test accuracy %s, speed-up %s, mean staleness %s; in the tables %s to %s, %s, %s\n", point,
               bad ? " has drifted" : "", now[5], now[8], now[9], low, high, speed_up, staleness
        exit bad
      }' || failed=1
  done
  exit $failed
}

case ${1:-} in
  --check) [ $# -gt 1 ] || set -- --check adag,10,5 downpour,10,5 downpour,30,5 aeasgd,10,32 && check "${@:2}" ;;
  --check-small) take_small && shift && check "${@:-${small[@]}}" ;;
  --small) take_small && set -- runs/small-figures ;;
esac

runs=${1:-runs/figures}
mkdir -p "$runs" "$results"
workers=() windows=()
for n in 1 5 10 20 30 40; do workers+=("downpour $n 5" "aeasgd $n 32" "adag $n 5"); done
for k in 1 5 10 20 35 50; do windows+=("downpour 20 $k" "aeasgd 20 $k" "adag 20 $k"); done

points=("${workers[@]}" "${windows[@]}")
[ ${#network[@]} = 0 ] || points=("${small[@]//,/ }")

for seed in $seeds; do
  for point in "${points[@]}"; do
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
[ ${#network[@]} = 0 ] || { tabulate "${tables[0]}" "${points[@]}" && exit; }
tabulate $results/workers.csv "${workers[@]}"
tabulate $results/windows.csv "${windows[@]}"

python=${TUSK_PYTHON:-/usr/bin/python3}
if "$python" -c 'import matplotlib' 2> /dev/null; then
  "$python" scripts/plot-figures.py $results
else
  say "the tables are in $results; no plots, because Python has no matplotlib (apt-get install python3-matplotlib)"
fi
