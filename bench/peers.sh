#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tusk's step beside PyTorch's and JAX's, which are installed into build/peers (2 GB) the first time.
# Usage: bench/peers.sh [--json]
set -euo pipefail
cd "$(dirname "$0")/.."
peers=build/peers
if ! [ -e "$peers/complete" ]; then
  python3 -m venv "$peers"
  "$peers/bin/pip" install --quiet torch jax optax
  touch "$peers/complete"
fi
exec "$peers/bin/python" bench/peers.py "$@"
