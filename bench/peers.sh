#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tusk's step beside PyTorch's and JAX's, or two workers beside DistributedDataParallel. The peers are installed into
# build/peers (2 GB) the first time.
# Usage: bench/peers.sh [--json]
#        bench/peers.sh ddp
set -euo pipefail
cd "$(dirname "$0")/.."
peers=build/peers
packages=(torch jax optax h5py)
if [ "$(cat "$peers/complete" 2> /dev/null)" != "${packages[*]}" ]; then
  python3 -m venv "$peers"
  "$peers/bin/pip" install --quiet "${packages[@]}"
  echo "${packages[*]}" > "$peers/complete"
fi
program=bench/peers.py
if [ "${1:-}" = ddp ]; then
  program=bench/ddp.py
  shift
fi
exec "$peers/bin/python" "$program" "$@"
