#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Configures and builds one preset of CMakePresets.json into build/NAME; the program is build/NAME/tusk.
# Usage: scripts/build.sh [NAME [TARGET...]]      (release and everything in it by default)
set -euo pipefail
cd "$(dirname "$0")/.."

preset=${1:-release}
launcher=()
if command -v ccache > /dev/null; then launcher=(-D CMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake --preset "$preset" "${launcher[@]}" > /dev/null
targets=()
if [ $# -gt 1 ]; then targets=(--target "${@:2}"); fi
cmake --build --preset "$preset" --parallel "$(nproc)" "${targets[@]}"
