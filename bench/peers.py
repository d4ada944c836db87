#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The worker's step beside PyTorch's and JAX's: the same networks, batches and optimizers, on one
thread of one core, in turns within one run.

Usage: bench/peers.sh, which installs the peers into build/peers first. Prints a table, and with
--json one object a line; with --memory what a step takes of memory, ours and PyTorch's.
"""
import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time

# As tusk_bench_step trains them: name, a sample, its layers, classes, batch, optimizer. A layer is the units of a dense
# one or a pair: the channels of a convolution of 3x3, "convolution"; a rate, "dropout"; 2, "pooling".
HIGGS, DEEP_HIGGS = ([layer for units in network for layer in (units, (0.4, "dropout"))]
                     for network in ([500, 500], [500, 500, 500]))
MNIST = [1000, (0.2, "dropout"), 200, (0.2, "dropout")]
CONVNET = [(32, "convolution"), (32, "convolution"), (2, "pooling"), 225]
CASES = [
    ("higgs 30-500-500-2", (30,), HIGGS, 2, 64, "adagrad"),
    ("higgs 30-500-500-500-2", (30,), DEEP_HIGGS, 2, 64, "adagrad"),
    ("mnist 784-1000-200-10", (784,), MNIST, 10, 4, "adam"),
    ("mnist 784-1000-200-10", (784,), MNIST, 10, 32, "adam"),
    ("mnist 784-1000-200-10", (784,), MNIST, 10, 128, "adam"),
    ("mnist convnet", (28, 28, 1), CONVNET, 10, 16, "adam"),
    ("mnist convnet", (28, 28, 1), CONVNET, 10, 64, "adam"),
]
RESIDUAL = ("residual of 50 layers", (32, 32, 3), None, 10, 32, "adam")  # of its memory alone
PEERS = ["pytorch", "pytorch foreach", "pytorch fused", "pytorch compiled", "jax jitted"]
BATCHES = 16


def noise(case):
    import numpy

    _, shape, _, classes, batch, _ = case
    random = numpy.random.default_rng(1)
    x = random.standard_normal((BATCHES, batch, *shape), dtype=numpy.float32)
    y = random.integers(0, classes, (BATCHES, batch))
    return x, y


def pytorch_layers(shape, network, classes):
    import torch

    layers, width = [], shape[-1]
    for layer in network:
        size, kind = layer if isinstance(layer, tuple) else (layer, "dense")
        if kind == "convolution":
            layers += [torch.nn.Conv2d(width, size, 3), torch.nn.ReLU()]
            shape, width = (shape[0] - 2, shape[1] - 2, size), size
        elif kind == "pooling":
            layers += [torch.nn.MaxPool2d(size), torch.nn.Flatten()]
            width *= shape[0] // size * (shape[1] // size)
        elif kind == "dropout":
            layers.append(torch.nn.Dropout(size))
        else:
            layers += [torch.nn.Linear(width, size), torch.nn.ReLU()]
            width = size
    return torch.nn.Sequential(*layers, torch.nn.Linear(width, classes))


def pytorch_residual_network(classes):
    """Of He et al., 2016, for CIFAR-10: three stages of eight blocks of two convolutions."""
    from torch import nn

    class Block(nn.Module):
        def __init__(self, before, filters, stride):
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(before, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(inplace=True),
                nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters))
            self.shortcut = nn.Identity() if stride == 1 else nn.Sequential(
                nn.Conv2d(before, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))

        def forward(self, x):
            return nn.functional.relu(self.body(x) + self.shortcut(x), inplace=True)

    layers, width = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)], 16
    for filters in (16, 32, 64):
        for _ in range(8):
            layers.append(Block(width, filters, 1 if filters == width else 2))
            width = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))


def pytorch_model(case, options):
    """The network, and its optimizer with these options of PyTorch's."""
    import torch

    torch.set_num_threads(1)
    _, shape, network, classes, _, optimizer = case
    model = pytorch_layers(shape, network, classes) if network else pytorch_residual_network(classes)
    if len(shape) == 3:
        model = model.to(memory_format=torch.channels_last)  # as the samples lie, PyTorch's faster layout on a CPU
    if optimizer == "adam":
        update = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, **options)
    else:
        update = torch.optim.Adagrad(
            model.parameters(), lr=1e-2, initial_accumulator_value=0.1, eps=1e-7, **options)
    return model, update


def pytorch_step(case, peer):
    import torch

    kinds = {"pytorch": {}, "pytorch foreach": {"foreach": True}}
    model, update = pytorch_model(case, kinds.get(peer, {"fused": True}))
    loss_of = torch.nn.CrossEntropyLoss()
    x, y = (torch.from_numpy(array) for array in noise(case))
    if len(case[1]) == 3:
        x = x.movedim(-1, 2)

    def score(x, y):
        return loss_of(model(x), y)

    network = torch.compile(score) if peer == "pytorch compiled" else score

    def step(i):
        update.zero_grad(set_to_none=True)
        network(x[i % BATCHES], y[i % BATCHES]).backward()
        update.step()

    return step


def jax_step(case):
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    import jax.numpy as jnp
    import optax

    _, shape, network, classes, _, optimizer = case
    weights, width = [], shape[-1]
    for key, layer in zip(jax.random.split(jax.random.key(1), len(network) + 1), [*network, classes]):
        size, kind = layer if isinstance(layer, tuple) else (layer, "dense")
        if kind == "pooling":
            width *= shape[0] // size * (shape[1] // size)
        if kind in ("pooling", "dropout"):
            continue
        extents = (3, 3, width, size) if kind == "convolution" else (width, size)
        if kind == "convolution":
            shape = (shape[0] - 2, shape[1] - 2, size)
        bound = (6.0 / ((9 if kind == "convolution" else 1) * (width + size))) ** 0.5
        weights.append((jax.random.uniform(key, extents, minval=-bound, maxval=bound), jnp.zeros(size)))
        width = size
    if optimizer == "adam":
        update = optax.adam(1e-3, eps=1e-7)
    else:
        update = optax.adagrad(1e-2, initial_accumulator_value=0.1, eps=1e-7)

    def loss_of(weights, x, y, key):
        remaining = iter(weights)
        for layer in network:
            size, kind = layer if isinstance(layer, tuple) else (layer, "dense")
            if kind == "dropout":
                key, own = jax.random.split(key)
                x = jnp.where(jax.random.bernoulli(own, 1 - size, x.shape), x / (1 - size), 0.0)
            elif kind == "pooling":
                x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, size, size, 1), (1, size, size, 1), "VALID")
                x = x.reshape(x.shape[0], -1)
            else:
                w, b = next(remaining)
                x = x @ w if kind == "dense" else jax.lax.conv_general_dilated(
                    x, w, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
                x = jax.nn.relu(x + b)
        w, b = next(remaining)
        return optax.softmax_cross_entropy_with_integer_labels(x @ w + b, y).mean()

    @jax.jit
    def jitted(weights, state, x, y, key):
        key, own = jax.random.split(key)
        loss, gradients = jax.value_and_grad(loss_of)(weights, x, y, own)
        updates, state = update.update(gradients, state)
        return optax.apply_updates(weights, updates), state, key, loss

    jitted = jax.jit(jitted, donate_argnums=(0, 1, 4))
    x, y = noise(case)
    x, y = [jnp.asarray(a) for a in x], [jnp.asarray(a) for a in y]
    held = [weights, update.init(weights), jax.random.key(2)]

    def step(i):
        *held[:], loss = jitted(held[0], held[1], x[i % BATCHES], y[i % BATCHES], held[2])
        loss.block_until_ready()

    return step


def fastest_s(step, budget_s=3.0):
    """Seconds of a step in the fastest group of some milliseconds, as tusk_bench_step has it."""
    for i in range(10):
        step(i)
    start = time.perf_counter()
    step(0)
    group = max(1, int(0.005 / (time.perf_counter() - start)))
    fastest, end, i = float("inf"), time.perf_counter() + budget_s, 0
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(group):
            step(i)
            i += 1
        fastest = min(fastest, (time.perf_counter() - start) / group)
    return fastest


def measure_peer(peer):
    for case in CASES:
        step = jax_step(case) if peer == "jax jitted" else pytorch_step(case, peer)
        print(json.dumps({"network": case[0], "batch": case[4], "step_s": fastest_s(step)}), flush=True)


def memory_of(what):
    """A line of what Linux says of this process, in 10^6 bytes."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(what)) * 1024e-6


def measure_memory():
    """By how much this process grows at its peak, from before the network to behind some steps, once PyTorch has had
    all of its own: each case is trained for two steps before."""
    import ctypes

    for case in (*CASES[-2:], RESIDUAL):
        for steps in (2, 5):
            gc.collect()
            ctypes.CDLL(None).malloc_trim(0)
            with open("/proc/self/clear_refs", "w") as file:
                file.write("5")  # the peak is from here on
            before = memory_of("VmRSS")
            step = pytorch_step(case, "pytorch fused")
            for i in range(steps):
                step(i)
            grown = memory_of("VmHWM") - before
            data = 1e-6 * sum(array.nbytes for array in noise(case))
            del step
        print(json.dumps({"network": case[0], "batch": case[4], "memory_mb": grown - data}), flush=True)


def print_memory(tusk):
    theirs = {(line["network"], line["batch"]): line["memory_mb"] for line in run(
        [sys.executable, __file__, "--peer", "memory"])}
    print(f"{'MB':<24} {'batch':>5} {'tusk':>8} {'pytorch':>8} {'ratio':>6}")
    for line in run([tusk, "--json"]):
        key = line["network"], line["batch"]
        if key in theirs:
            print(f"{key[0]:<24} {key[1]:>5} {line['memory_mb']:>8.1f} {theirs[key]:>8.1f}"
                  f" {line['memory_mb'] / theirs[key]:>6.2f}")


def run(command):
    pinned = ["taskset", "-c", "1", *command]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    lines = subprocess.run(pinned, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in lines.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--peer", choices=[*PEERS, "memory"], help=argparse.SUPPRESS)
    parser.add_argument("--tusk", default="build/release/tusk_bench_step")
    arguments = parser.parse_args()
    if arguments.peer == "memory":
        return measure_memory()
    if arguments.peer:
        return measure_peer(arguments.peer)
    if arguments.memory:
        return print_memory(arguments.tusk)

    ours, peers = [], {}
    for peer in PEERS:  # ours before each of them, and the median of all
        lines = {(line["network"], line["batch"]): line for line in run([arguments.tusk, "--json"])}
        ours.append([lines[case[0], case[4]]["step_s"] for case in CASES])
        command = [sys.executable, __file__, "--peer", peer]
        peers[peer] = [line["step_s"] for line in run(command)]
    steps = [statistics.median(times) for times in zip(*ours)]
    if not arguments.json:
        print(f"{'ms a step':<24} {'batch':>5} {'tusk':>8} " + " ".join(f"{p:>17}" for p in PEERS))
    for i, case in enumerate(CASES):
        times = {peer: peers[peer][i] for peer in PEERS}
        if arguments.json:
            print(json.dumps({"network": case[0], "batch": case[4], "tusk_s": steps[i], **times}))
        else:
            cells = " ".join(f"{t * 1e3:>9.3f} ({t / steps[i]:>4.1f}x)" for t in times.values())
            print(f"{case[0]:<24} {case[4]:>5} {steps[i] * 1e3:>8.3f} {cells}")
    return None


if __name__ == "__main__":
    main()
