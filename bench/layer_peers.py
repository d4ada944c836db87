#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Layers beside PyTorch's and JAX's on one thread of one core, forward and backward apart: backward is the gradients of
weights and input, given the output's.

Usage: bench/peers.sh layers [--only NAME], which installs the peers first. Prints a table."""

import argparse
import json
import os
import sys

from peers import fastest_s, run

# name as tusk_bench_layers has it, kind, shape of a sample, units or filters, edge of the kernel, padding, batch
CASES = [
    ("32x32x16 to 16, 3x3", "conv", (32, 32, 16), 16, 3, "SAME", 32),
    ("26x26x32 to 64, 3x3", "conv", (26, 26, 32), 64, 3, "VALID", 32),
    ("28x28x1 to 32, 3x3", "conv", (28, 28, 1), 32, 3, "VALID", 32),
    ("conv1d 10x14 to 10, 1", "conv", (10, 14), 10, 1, "VALID", 32),
    ("gru 20x15 to 100", "gru", (20, 15), 100, 0, "", 64),
    ("lstm 20x15 to 100", "lstm", (20, 15), 100, 0, "", 64),
    ("batch_norm 26x26x32", "norm", (26, 26, 32), 32, 0, "", 16),
]
PEERS = ["pytorch", "pytorch compiled", "jax jitted"]


def pytorch_calls(case, compiled):
    """Forward, and forward and backward, of a layer in training."""
    import torch

    torch.set_num_threads(1)
    _, kind, shape, units, edge, padding, batch = case
    channels = shape[-1]
    x = torch.randn(batch, *shape)
    if kind == "conv":
        make = torch.nn.Conv2d if len(shape) == 3 else torch.nn.Conv1d
        layer, x = make(channels, units, edge, padding=padding.lower()), x.movedim(-1, 1)
    elif kind == "norm":
        layer, x = torch.nn.BatchNorm2d(units), x.movedim(-1, 1)
    else:
        layer = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[kind](channels, units, batch_first=True)
    if len(shape) == 3:  # channels last, as the sample lies, is PyTorch's faster layout on a CPU
        layer = layer.to(memory_format=torch.channels_last)

    def apply(x):
        y = layer(x)
        return y[0][:, -1] if isinstance(y, tuple) else y  # of a recurrent layer the last step, as Keras has it

    x = x.requires_grad_()
    function = torch.compile(apply) if compiled else apply
    dy = torch.randn_like(function(x))

    def forward(_):
        function(x)

    def both(_):
        torch.autograd.grad(function(x), [x, *layer.parameters()], dy)

    return forward, both


def jax_calls(case):
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    import jax.numpy as jnp
    from jax import lax

    _, kind, shape, units, edge, padding, batch = case
    key = jax.random.key(1)
    x = jax.random.normal(key, (batch, *shape))

    def draw(*extents):
        return jax.random.normal(key, extents) * 0.1

    if kind == "conv":
        rank = len(shape) - 1
        weights = (draw(*[edge] * rank, shape[-1], units), draw(units))
        layout = ("NHWC", "HWIO", "NHWC") if rank == 2 else ("NHC", "HIO", "NHC")

        def apply(weights, x):
            return lax.conv_general_dilated(x, weights[0], [1] * rank, padding, dimension_numbers=layout) + weights[1]
    elif kind == "norm":
        weights = (draw(units), draw(units))

        def apply(weights, x):
            mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
            return (x - mean) * lax.rsqrt(variance + 1e-3) * weights[0] + weights[1]
    else:
        gates = 3 if kind == "gru" else 4
        weights = (draw(shape[-1], gates * units), draw(units, gates * units), draw(gates * units), draw(gates * units))

        def apply(weights, x):
            w, u, b, c = weights
            from_x = jnp.moveaxis(x @ w + b, 1, 0)

            def gru(h, of_x):
                of_h = h @ u + c
                z, r = jnp.split(jax.nn.sigmoid(of_x[:, :2 * units] + of_h[:, :2 * units]), 2, axis=1)
                h = z * h + (1 - z) * jnp.tanh(of_x[:, 2 * units:] + r * of_h[:, 2 * units:])
                return h, None

            def lstm(state, of_x):
                h, memory = state
                i, f, g, o = jnp.split(of_x + h @ u, 4, axis=1)
                memory = jax.nn.sigmoid(f) * memory + jax.nn.sigmoid(i) * jnp.tanh(g)
                return (jax.nn.sigmoid(o) * jnp.tanh(memory), memory), None

            zero = jnp.zeros((batch, units))
            return lax.scan(gru, zero, from_x)[0] if kind == "gru" else lax.scan(lstm, (zero, zero), from_x)[0][0]

    dy = draw(*jax.eval_shape(apply, weights, x).shape)
    jitted = jax.jit(apply)

    @jax.jit
    def gradients(weights, x):
        y, pull = jax.vjp(apply, weights, x)
        return y, pull(dy)  # y as well, or there would be no forward pass of what is linear

    return (lambda _: jitted(weights, x).block_until_ready(),
            lambda _: jax.block_until_ready(gradients(weights, x)))


def measure_peer(peer, only):
    for case in CASES:
        if only not in case[0]:
            continue
        calls = jax_calls(case) if peer == "jax jitted" else pytorch_calls(case, peer == "pytorch compiled")
        forward, both = (fastest_s(call, 1.0) for call in calls)
        print(json.dumps({"layer": case[0], "forward_s": forward, "backward_s": both - forward}), flush=True)


def ours(program, only):
    """Seconds forward and backward by layer: of a convolution both gradients, of others what is not forward."""
    times = {}
    for line in run([program, "--json", "--seconds", "0.5", "--only", only]):
        times.setdefault(line["layer"], {})[line["what"]] = line["s"]
    return {layer: (t["forward"], t["weight gradient"] + t["input gradient"] if "weight gradient" in t
                    else t["and backward"] - t["forward"])
            for layer, t in times.items() if "weight gradient" in t or "and backward" in t}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--tusk", default="build/release/tusk_bench_layers")
    arguments = parser.parse_args()
    if arguments.peer:
        return measure_peer(arguments.peer, arguments.only)
    turns, peers = [], {}
    for peer in PEERS:  # ours before each of them, and the fastest of all
        turns.append(ours(arguments.tusk, arguments.only))
        lines = run([sys.executable, __file__, "--peer", peer, "--only", arguments.only])
        peers[peer] = {line["layer"]: (line["forward_s"], line["backward_s"]) for line in lines}
    print(f"{'us':<24} {'':<9} {'tusk':>8} " + " ".join(f"{peer:>17}" for peer in PEERS))
    for case in CASES:
        if case[0] not in turns[0]:
            continue
        for i, what in enumerate(("forward", "backward")):
            own = min(turn[case[0]][i] for turn in turns)
            cells = " ".join(f"{peers[p][case[0]][i] * 1e6:>9.1f} ({peers[p][case[0]][i] / own:>4.1f}x)" for p in PEERS)
            print(f"{case[0]:<24} {what:<9} {own * 1e6:>8.1f} {cells}")
    return None


if __name__ == "__main__":
    main()
