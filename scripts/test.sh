#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds Tusk and runs every test. Installs missing packages first where it can (install-deps.sh).
# Usage: scripts/test.sh [--preset NAME] [-- ARGUMENTS FOR CTEST]
#   --preset NAME   release (the default), dev or asan-ubsan, of CMakePresets.json
set -euo pipefail
cd "$(dirname "$0")/.."

preset=release
while [ $# -gt 0 ]; do
  case $1 in
    --preset) preset=${2:?test.sh: --preset takes a name of CMakePresets.json} && shift 2 ;;
    --) shift && break ;;
    -h | --help) sed -n '3,5s/^# //p' "$0" && exit 0 ;;
    *) echo "test.sh: unknown argument '$1': it takes --preset NAME, and ctest's arguments after --" >&2 && exit 64 ;;
  esac
done

scripts/install-deps.sh
scripts/build.sh "$preset"
ctest --preset "$preset" --parallel "$(nproc)" "$@"
