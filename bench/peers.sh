#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tusk's step beside PyTorch's and JAX's, or layers alone, or two workers beside DistributedDataParallel. The peers are
# installed into build/peers (2 GB) the first time.
# Usage: bench/peers.sh [--json | --memory]
#        bench/peers.sh layers [--only NAME]
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
case ${1:-} in
  ddp) program=bench/ddp.py && shift ;;
  layers) program=bench/layer_peers.py && shift ;;
esac
exec "$peers/bin/python" "$program" "$@"
