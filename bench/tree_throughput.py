#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How far workers go in a tree of centers, simulated without weights: the share of what they would do without exchanges, and of so many times one worker with
a center beside it. Nodes of 128 workers that share their node's memory, and relays that exchange over a network; beside them one server.

bench/tree_throughput.py TUSK [--parameters 1,10] [--windows 1,5,10,20,50] [--nodes 1,8,32] [--exchanges 40] [--step 0.002] [--core 1e10] [--memory 3e11]
                         [--network 1.25e10]

--parameters: millions; --step: seconds of a step on a million parameters, in proportion for others; --core, --memory: bytes a second of one exchange in a node's
memory, and of all (tusk check --workers 128 measures them); --network: between nodes; --exchanges: of each worker. Prints rows of Markdown tables."""
import argparse
import csv
import pathlib
import subprocess
import tempfile

import h5py
import numpy

ON_A_NODE = 128
EXPERIMENT = """
name = "throughput"
seed = 1
[data]
train = "rows.h5"
repeat = {repeat}
[model]
layers = [{{ type = "dense", units = {units}, activation = "relu" }}, {{ type = "dense", units = {units}, activation = "relu" }},
          {{ type = "dense", units = 2, activation = "softmax" }}]
loss = "categorical_crossentropy"
[optimizer]
name = "sgd"
[trainer]
name = "async_local_sgd"
communication_window = {window}
epochs = 1
batch_size = 1
[server]
{server}
[simulate]
step_time = {{ type = "lognormal", mean = {step}, sigma = 0.2 }}
worker_factor = 1.0
stagger = true
bandwidth = {core}
{machine}
"""


def simulate(arguments, folder, workers, millions, window, tree):
    """Seconds that the workers take, and the speed-up."""
    with h5py.File(folder / "rows.h5", "w") as file:  # a row a worker, as often as it has steps
        file["features"] = numpy.zeros((workers, 1), numpy.float32)
        file["label"] = numpy.zeros(workers, numpy.int32)
        file["label"][0] = 1
    step = arguments.step * millions
    stripes = int(millions * 1e6) // 8192 + 1
    machine = f"memory_bandwidth = {arguments.memory}\nexchanges_at_once = {stripes}\nnetwork_bandwidth = {arguments.network}\nnetwork_latency = 5e-5"
    text = EXPERIMENT.format(repeat=arguments.exchanges * window, units=round((millions * 1e6) ** 0.5), window=window, step=step,
                             server=f'topology = "tree"\nranks_per_node = {ON_A_NODE + 1}' if tree else "",
                             core=arguments.core if tree else arguments.network, machine=machine if tree else "latency = 5e-5")
    (folder / "experiment.toml").write_text(text)
    subprocess.run([arguments.tusk, "simulate", "experiment.toml", "--timing-only", "--workers", str(workers), "--csv", "times.csv", "--overwrite"], cwd=folder,
                   check=True, stdout=subprocess.DEVNULL)
    with open(folder / "times.csv") as file:
        row = next(csv.DictReader(file))
    ideal = arguments.exchanges * window * step
    return ideal / float(row["time_s"]), float(row["speed_up"]) / workers


def main():
    numbers = lambda kind: lambda text: [kind(word) for word in text.split(",")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tusk", type=pathlib.Path)
    parser.add_argument("--parameters", type=numbers(float), default=[1.0, 10.0])
    parser.add_argument("--windows", type=numbers(int), default=[1, 5, 10, 20, 50])
    parser.add_argument("--nodes", type=numbers(int), default=[1, 8, 32])
    parser.add_argument("--exchanges", type=int, default=40)
    parser.add_argument("--step", type=float, default=2e-3)
    parser.add_argument("--core", type=float, default=1e10)
    parser.add_argument("--memory", type=float, default=3e11)
    parser.add_argument("--network", type=float, default=1.25e10)
    arguments = parser.parse_args()
    arguments.tusk = arguments.tusk.resolve()
    with tempfile.TemporaryDirectory(prefix="tusk-throughput-") as name:
        for millions in arguments.parameters:
            print(f"\n| {millions:g} M parameters, {arguments.step * millions * 1e3:g} ms a step | " + " | ".join(map(str, arguments.windows)) + " |")
            print("|" + "---|" * (len(arguments.windows) + 1))
            for tree in (False, True):
                for nodes in arguments.nodes:
                    cells = []
                    for window in arguments.windows:
                        share, efficiency = simulate(arguments, pathlib.Path(name), nodes * ON_A_NODE, millions, window, tree)
                        bound = min(1.0, window * arguments.step * millions * arguments.memory / (ON_A_NODE * 24e6 * millions))
                        cells.append(f"{share:.3f}/{efficiency:.3f}" + (f" ({100 * share / bound:.0f}%)" if tree else ""))
                    kind = f"tree, {nodes} node{'s' if nodes > 1 else ''} (of the memory's bound)" if tree else "one server"
                    print(f"| {nodes * ON_A_NODE:,} workers: {kind} | " + " | ".join(cells) + " |", flush=True)


main()
