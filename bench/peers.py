#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The worker's step beside PyTorch's and JAX's: the same networks, batches and optimizers, on one
thread of one core, in turns within one run.

Usage: bench/peers.sh, which installs the peers into build/peers first. Prints a table, and with
--json one object a line.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

# name, features, hidden units, the dropout after each, classes, batch, optimizer: as tusk_bench_step trains them.
CASES = [
    ("higgs 30-500-500-2", 30, [500, 500], [0.4, 0.4], 2, 64, "adagrad"),
    ("higgs 30-500-500-500-2", 30, [500, 500, 500], [0.4, 0.4, 0.4], 2, 64, "adagrad"),
    ("mnist 784-1000-200-10", 784, [1000, 200], [0.2, 0.2], 10, 4, "adam"),
    ("mnist 784-1000-200-10", 784, [1000, 200], [0.2, 0.2], 10, 32, "adam"),
    ("mnist 784-1000-200-10", 784, [1000, 200], [0.2, 0.2], 10, 128, "adam"),
]
PEERS = ["pytorch", "pytorch foreach", "pytorch fused", "pytorch compiled", "jax jitted"]
BATCHES = 16


def noise(case):
    import numpy

    _, features, _, _, classes, batch, _ = case
    random = numpy.random.default_rng(1)
    x = random.standard_normal((BATCHES, batch, features), dtype=numpy.float32)
    y = random.integers(0, classes, (BATCHES, batch))
    return x, y


def pytorch_model(case, options):
    """The network, and its optimizer with these options of PyTorch's."""
    import torch

    torch.set_num_threads(1)
    _, features, hidden, dropout, classes, _, optimizer = case
    layers = []
    for units, rate in zip(hidden, dropout):
        layers += [torch.nn.Linear(features, units), torch.nn.ReLU(), torch.nn.Dropout(rate)]
        features = units
    model = torch.nn.Sequential(*layers, torch.nn.Linear(features, classes))
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

    _, features, hidden, dropout, classes, _, optimizer = case
    keys = jax.random.split(jax.random.key(1), len(hidden) + 1)
    weights = []
    for key, units in zip(keys, [*hidden, classes]):
        bound = (6.0 / (features + units)) ** 0.5
        weights.append((jax.random.uniform(key, (features, units), minval=-bound, maxval=bound),
                        jnp.zeros(units)))
        features = units
    if optimizer == "adam":
        update = optax.adam(1e-3, eps=1e-7)
    else:
        update = optax.adagrad(1e-2, initial_accumulator_value=0.1, eps=1e-7)

    def loss_of(weights, x, y, key):
        for (w, b), rate in zip(weights, dropout):
            key, own = jax.random.split(key)
            x = jax.nn.relu(x @ w + b)
            x = jnp.where(jax.random.bernoulli(own, 1 - rate, x.shape), x / (1 - rate), 0.0)
        w, b = weights[-1]
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
        print(json.dumps({"network": case[0], "batch": case[5], "step_s": fastest_s(step)}), flush=True)


def run(command):
    pinned = ["taskset", "-c", "1", *command]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    lines = subprocess.run(pinned, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in lines.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--tusk", default="build/release/tusk_bench_step")
    arguments = parser.parse_args()
    if arguments.peer:
        return measure_peer(arguments.peer)

    ours, peers = [], {}
    for peer in PEERS:  # ours before each of them, and the median of all
        lines = {(line["network"], line["batch"]): line for line in run([arguments.tusk, "--json"])}
        ours.append([lines[case[0], case[5]]["step_s"] for case in CASES])
        command = [sys.executable, __file__, "--peer", peer]
        peers[peer] = [line["step_s"] for line in run(command)]
    steps = [statistics.median(times) for times in zip(*ours)]
    if not arguments.json:
        print(f"{'ms a step':<24} {'batch':>5} {'tusk':>8} " + " ".join(f"{p:>17}" for p in PEERS))
    for i, case in enumerate(CASES):
        times = {peer: peers[peer][i] for peer in PEERS}
        if arguments.json:
            print(json.dumps({"network": case[0], "batch": case[5], "tusk_s": steps[i], **times}))
        else:
            cells = " ".join(f"{t * 1e3:>9.3f} ({t / steps[i]:>4.1f}x)" for t in times.values())
            print(f"{case[0]:<24} {case[5]:>5} {steps[i] * 1e3:>8.3f} {cells}")
    return None


if __name__ == "__main__":
    main()
