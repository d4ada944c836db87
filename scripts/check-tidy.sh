#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy over every source of src/ (all of them, or those named as arguments), with the checks of .clang-tidy.
# Exit 1 if there is anything to say.
set -euo pipefail
cd "$(dirname "$0")/.."

build=build/dev
cmake --preset dev > /dev/null
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(find src -name '*.cpp' | sort)
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-19 --quiet -p $build 2> /dev/null
echo "check-tidy.sh: ${#files[@]} sources are clean"
