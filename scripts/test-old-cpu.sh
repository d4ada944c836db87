#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds tusk for x86-64-v2, as for a cluster of mixed nodes, and trains and evaluates by it on a CPU of 2008 without AVX, which qemu plays: a
# program that has an instruction of a newer CPU ends there with SIGILL. The same here without qemu has to give the same scores. Then a server and two
# workers train there. A program for a newer CPU, if one is built in build/release, has to say so there and end with 70. By hand; six minutes of CPU time
# (apt-get install qemu-user).
# Usage: scripts/test-old-cpu.sh [CPU]      (x86-64-v2; another wants another qemu -cpu than Nehalem in TUSK_QEMU_CPU)
set -euo pipefail
cd "$(dirname "$0")/.."
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

command -v qemu-x86_64 > /dev/null || { echo "test-old-cpu.sh: there is no qemu-x86_64 here: apt-get install qemu-user" >&2; exit 1; }
old=(qemu-x86_64 -cpu "${TUSK_QEMU_CPU:-Nehalem}")
cpu=${1:-x86-64-v2}
build=build/$cpu
launcher=()
if command -v ccache > /dev/null; then launcher=(-D CMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake --preset release -B "$build" -D TUSK_CPU="$cpu" -D TUSK_BUILD_TESTS=OFF -D TUSK_BUILD_BENCH=OFF "${launcher[@]}" > /dev/null
cmake --build "$build" --parallel "$(nproc)" --target tusk

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tusk=$PWD/$build/tusk
# Pictures of 8 × 8 with a brighter half, the upper or the lower.
awk 'BEGIN { srand(1); for (row = 0; row < 1000; ++row) { for (i = 0; i < 64; ++i) printf "%.4f,", rand() + (int(i / 32) == row % 2) / 10; print row % 2 } }' \
  > "$work/halves.csv"
"$tusk" convert "$work/halves.csv" -o "$work/halves.h5" --header no --label 64 > /dev/null
cat > "$work/halves.toml" << 'TOML'
name = "halves"
seed = 1
[data]
train = "halves.h5"
transforms = [{ type = "reshape", shape = [8, 8, 1] }]
[model]
layers = [
  { type = "conv2d", filters = 8, kernel_size = 3, activation = "relu" },
  { type = "batch_normalization" },
  { type = "max_pooling2d", pool_size = 2 },
  { type = "flatten" },
  { type = "dense", units = 32, activation = "tanh" },
  { type = "dense", units = 2, activation = "softmax" },
]
loss = "categorical_crossentropy"
metrics = ["accuracy"]
[optimizer]
name = "adam"
learning_rate = 0.01
[trainer]
name = "adag"
batch_size = 16
TOML
for where in old here; do
  run=("$tusk")
  if [ $where = old ]; then run=("${old[@]}" "$tusk"); fi
  "${run[@]}" info
  "${run[@]}" train "$work/halves.toml" --run-dir "$work/$where" --set data.train="$work/halves.h5"
  (cd "$work/$where" && "${run[@]}" evaluate model.h5 ../halves.h5) | tee "$work/$where.scores"
done
cmp "$work/old.scores" "$work/here.scores"
scripts/mpi-run.sh -n 3 "${old[@]}" "$tusk" train "$work/halves.toml" --run-dir "$work/three" --set data.train="$work/halves.h5"
grep -q '"workers": 2' "$work/three/summary.json"
echo "test-old-cpu.sh: $cpu: trains and evaluates on ${old[2]}, with the scores of this CPU, and on three ranks"

if [ -x build/release/tusk ]; then
  code=0
  said=$("${old[@]}" build/release/tusk info 2>&1) || code=$?
  echo "test-old-cpu.sh: build/release/tusk on ${old[2]}: $said ($code)"
  [ $code -eq 70 ]
  grep -q 'tusk: error: this CPU has no .*, which this program was compiled to use' <<< "$said"
fi
