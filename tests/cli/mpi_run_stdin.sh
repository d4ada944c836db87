#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scripts/mpi-run.sh leaves the lines of a loop around it alone, and hands stdin to a program that streams.
# Usage: mpi_run_stdin.sh MPI_RUN
set -euo pipefail
lines=$(printf 'a\nb\nc\n' | while read -r line; do
  "$1" -n 2 true
  echo "$line"
done)
[ "$lines" = $'a\nb\nc' ] || { echo "of the loop's lines only: $lines" >&2; exit 1; }
streamed=$(echo "a line" | "$1" -n 1 bash -c cat --stream)
[ "$streamed" = "a line" ] || { echo "streamed: $streamed" >&2; exit 1; }
