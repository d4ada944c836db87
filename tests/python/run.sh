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

# Most of a Keras test's time goes into JAX's compiling of programs that run once: little optimization then, and what
# is compiled serves the next run of the same test, under another preset too.
export XLA_FLAGS=${XLA_FLAGS:---xla_backend_optimization_level=0}
export JAX_COMPILATION_CACHE_DIR=${JAX_COMPILATION_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/tusk/jax}
export JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS=0 JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES=-1
exec "$python" "${@:2}"
