#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds Tusk and runs every test. Installs missing packages first where it can (install-deps.sh).
# Usage: scripts/test.sh [--preset NAME] [--no-skips] [-- ARGUMENTS FOR CTEST]
#   --preset NAME   release (the default), dev or asan-ubsan, of CMakePresets.json
#   --no-skips      fail where a test is skipped, as some are where Python lacks a package (see python-env.sh)
set -euo pipefail
cd "$(dirname "$0")/.."

preset=release no_skips=
while [ $# -gt 0 ]; do
  case $1 in
    --preset) preset=${2:?test.sh: --preset takes a name of CMakePresets.json} && shift 2 ;;
    --no-skips) no_skips=yes && shift ;;
    --) shift && break ;;
    -h | --help) sed -n '3,6s/^# //p' "$0" && exit 0 ;;
    *) echo "test.sh: unknown argument '$1': it takes --preset NAME, --no-skips, and ctest's arguments after --" >&2 && exit 64 ;;
  esac
done

scripts/install-deps.sh
scripts/build.sh "$preset"
# Two tests a core: most of the time of many is waiting, for ranks that are late or stopped on purpose.
results=$PWD/build/$preset/tests.xml
rm -f "$results"
failed=0
ctest --preset "$preset" --parallel "$((2 * $(nproc)))" --output-junit "$results" "$@" || failed=$?
[ -e "$results" ] || exit "$failed"  # it ran no test, as with -N

# NAME: REASON for each test that did not run. One that skips itself says "skipped: REASON" on a line of its own.
skipped=$(awk -F '"' '
  /<testcase / { name = $2; reason = "disabled"; did_not_run = /status="(notrun|disabled)"/ }
  /<skipped message=/ { reason = $2 }
  sub(/^.*skipped: /, "") { reason = $0 }
  /<\/testcase>/ && did_not_run { print name ": " reason }' "$results")
if [ -n "$skipped" ]; then
  sed "s/^/test.sh: ${no_skips:+error: }skipped: /" <<< "$skipped" >&2
  if [ -n "$no_skips" ] && [ "$failed" -eq 0 ]; then failed=1; fi
fi
exit "$failed"
