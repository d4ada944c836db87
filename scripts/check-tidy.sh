#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy over every source of src/ (all of them, or those named as arguments), with the checks of .clang-tidy.
# Needs a configured build (scripts/build.sh); exit 1 if there is anything to say.
set -euo pipefail
cd "$(dirname "$0")/.."

build=build/dev
[ -e $build/compile_commands.json ] || cmake --preset dev > /dev/null
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(find src -name '*.cpp' | sort)
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-19 --quiet -p $build 2> /dev/null
echo "check-tidy.sh: ${#files[@]} sources are clean"
