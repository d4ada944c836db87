#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Gives a reader of input files whatever libFuzzer can think of, under the address and undefined behaviour
# sanitizers: no crash, no hang (10 s), at most 1 GiB of memory. Needs clang 16 or newer with libFuzzer (Debian:
# clang-19, libclang-rt-19-dev); CXX names another one.
# What it finds is build/fuzz/findings/READER-*: mend it, and add the file to tests/fuzz/corpus/READER, which is a test.
# Usage: scripts/fuzz.sh [READER] [SECONDS]
#   READER    cifar, compressed, csv, idx, keras_json, libsvm, npy or zip; all of them, one after the other, by default
#   SECONDS   for each, 600 by default
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t readers < <(find tests/fuzz/corpus -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)
case ${1:-} in
  -h | --help) sed -n '3,9s/^# //p' "$0" && exit 0 ;;
  "") ;;
  *)
    [ -d "tests/fuzz/corpus/$1" ] || { echo "fuzz.sh: no reader '$1' among: ${readers[*]}" >&2 && exit 64; }
    readers=("$1")
    ;;
esac

build=build/fuzz
cmake -S . -B $build -G Ninja -D CMAKE_BUILD_TYPE=RelWithDebInfo -D CMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" \
  -D CMAKE_C_COMPILER="${CC:-clang-19}" -D CMAKE_CXX_COMPILER="${CXX:-clang++-19}" -D TUSK_NATIVE=OFF \
  -D TUSK_BUILD_BENCH=OFF -D TUSK_FUZZ=ON -D TUSK_SANITIZE=address,undefined > /dev/null
cmake --build $build --target "${readers[@]/#/fuzz_}"

broken=0
mkdir -p $build/findings
for reader in "${readers[@]}"; do
  mkdir -p "$build/corpus/$reader"
  nice -n 10 $build/fuzz_"$reader" -max_total_time="${2:-600}" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
    -print_final_stats=1 -artifact_prefix="$build/findings/$reader-" \
    "$build/corpus/$reader" "tests/fuzz/corpus/$reader" || broken=1
done
exit $broken
