#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command in an empty directory and holds it to what users are promised: the exit code; with an error's
# code exactly one line "tusk: error: …" and nothing on stdout; with 0, or 85 (please requeue), no such line.
# Usage: expect.sh RANKS EXIT STDERR STDOUT COMMAND…
# RANKS 0: without mpirun. STDERR, STDOUT: extended regular expressions that some line matches ("": anything).
set -uo pipefail
ranks=$1 exit=$2 stderr=$3 stdout=$4
shift 4

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/run"
cd "$folder/run"

launcher=()
[ "$ranks" -gt 0 ] && launcher=("$(dirname "$0")/../../scripts/mpi-run.sh" -n "$ranks")
"${launcher[@]}" "$@" >../stdout 2>../stderr
code=$?

wrong=0
complain() {
  echo "expect.sh: $1" >&2
  wrong=1
}
matches() { [ -z "$1" ] || grep -qE -e "$1" "../$2" || complain "no line of $2 matches: $1"; }

errors=$(grep -c '^tusk: error: ' ../stderr)
[ $code -eq "$exit" ] || complain "exit code $code, expected $exit"
if [ "$exit" -eq 0 ] || [ "$exit" -eq 85 ]; then
  [ "$errors" -eq 0 ] || complain "$errors error lines, expected none"
else
  [ "$errors" -eq 1 ] || complain "$errors error lines, expected one"
  [ -s ../stdout ] && complain "something on stdout beside an error"
fi
matches "$stderr" stderr
matches "$stdout" stdout

if [ $wrong -ne 0 ]; then
  echo "--- $*"
  sed 's/^/stdout: /' ../stdout
  sed 's/^/stderr: /' ../stderr
fi
exit $wrong
