#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The experiment of dist-keras's introduction, simulated: MNIST, 784-1000-200-10, Adam, batches of 4, one epoch; test accuracy and
# virtual time against the number of workers and, at 20 workers, against the communication window.
#   scripts/reproduce-figures.sh [FOLDER]     FOLDER: where the runs go (default: runs/figures)
# Writes docs/figures/workers.csv and windows.csv, and workers.svg and windows.svg if Python has matplotlib. A run takes about a minute on
# one core. A run that is in FOLDER already is not repeated. TUSK names the program (default: build/release/tusk).
set -euo pipefail
cd "$(dirname "$0")/.."

tusk=${TUSK:-build/release/tusk}
runs=${1:-runs/figures}
results=docs/figures
mkdir -p "$runs" "$results"
[ -x "$tusk" ] || { echo "reproduce-figures.sh: no program '$tusk': build it, or name it with TUSK" >&2; exit 1; }
if [ ! -f data/mnist-train.h5 ] || [ ! -f data/mnist-test.h5 ]; then ./scripts/prepare-data.sh mnist; fi

# run TRAINER WORKERS WINDOW: leaves $runs/TRAINER-WORKERS-WINDOW.csv.
run() {
  local name=$1-$2-$3
  [ -f "$runs/$name.csv" ] && return
  "$tusk" simulate configs/mnist-adag.toml --workers "$2" --run-dir "$runs/$name" --overwrite --csv "$runs/$name.part" \
    --set name="$name" --set data.validation_split=0.0 \
    --set trainer.name="$1" --set trainer.communication_window="$3" --set trainer.epochs=1 --set trainer.batch_size=4 \
    --set 'simulate.step_time={type="lognormal", mean=0.01, sigma=0.1}' --set simulate.latency=1e-4 --set simulate.bandwidth=1e10 \
    || { [ $? -eq 86 ] && echo "diverged" > "$runs/$name.part"; }  # a result, too
  mv "$runs/$name.part" "$runs/$name.csv"
  tabulate
}

# row TRAINER WORKERS WINDOW: one line of a table, if the run is there.
row() {
  local file=$runs/$1-$2-$3.csv
  [ -f "$file" ] || return 0
  awk -F, -v start="$1,$2,$3" '
    NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; diverged = $1 == "diverged" }
    NR == 2 { print start "," $column["test_accuracy"] "," $column["test_loss"] "," $column["time_s"] "," $column["speed_up"] "," \
              $column["staleness_mean"] "," $column["staleness_max"] }
    END { if (diverged) print start ",nan,nan,nan,nan,nan,nan" }' "$file"
}

columns=trainer,workers,window,test_accuracy,test_loss,time_s,speed_up,staleness_mean,staleness_max
tabulate() {
  { echo $columns; for n in 1 5 10 20 30 40; do row downpour $n 5; row aeasgd $n 32; row adag $n 5; done; } > $results/workers.csv
  { echo $columns; for k in 1 5 10 20 35 50; do row downpour 20 $k; row aeasgd 20 $k; row adag 20 $k; done; } > $results/windows.csv
}

tabulate
for n in 20 40 1 10 5 30; do
  run adag $n 5; run downpour $n 5; run aeasgd $n 32
done
for k in 1 50 10 5 20 35; do
  run adag 20 $k; run downpour 20 $k; run aeasgd 20 $k
done

python=/usr/bin/python3
if "$python" -c 'import matplotlib' 2> /dev/null; then
  "$python" scripts/plot-figures.py $results
else
  echo "reproduce-figures.sh: the tables are in $results; no plots, because Python has no matplotlib (apt-get install python3-matplotlib)" >&2
fi
