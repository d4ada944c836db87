#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a test's script with Python: the environment's TUSK_PYTHON, or else the one that CMake was given or found.
# The script can import the modules of this folder. Exits with 77 (skipped) where there is no Python at all.
# Usage: run.sh PYTHON-OF-CMAKE SCRIPT ARGUMENTS…
set -euo pipefail

python=${TUSK_PYTHON:-$1}
if [[ $python == *-NOTFOUND ]]; then
  echo "skipped: CMake found no python3; TUSK_PYTHON may name one"
  exit 77
fi
folder=$(cd "$(dirname "$0")" && pwd)
export PYTHONPATH=$folder${PYTHONPATH:+:$PYTHONPATH}
exec "$python" "${@:2}"
