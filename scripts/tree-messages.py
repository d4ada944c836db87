#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what reaches rank 0 of a tree of centers, and its memory, on one machine: groups of ranks are the nodes, and ranks mostly sleep.

tree-messages.py TUSK [--seconds S] [--short] [--relay RULE]

Trees of 2 groups of 2, 8 and 16 workers, and of 2, 4 and 8 groups of 2, for some seconds each. What must hold, else exit code 1:
of each node at most one sum a second reaches rank 0, and one more with each epoch that ends and at the end; so that there are as many for
nodes of 16 workers as for nodes of 2, and they grow with the nodes alone; and what rank 0 takes of memory from the first sum to the end is the same
for nodes of 16 within 1 MB. (What it has before that are data, the network, and the buffers that MPI keeps for each rank of the job.)
Prints a line a tree: workers, seconds, what other relays sent to rank 0 (sums and words, with the sums' rows of history.h5; notices), what its own
node's workers sent to it as to any relay, collective calls that it began, its own memory (RssAnon) at the first sum, and how much more
it has at the end. --short: two small trees, for a test.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import h5py
except ImportError:
    print("tree-messages.py needs h5py")
    sys.exit(77)  # for CTest: it cannot run

REPO = pathlib.Path(__file__).resolve().parents[1]
ROWS, WIDTH, EPOCHS, LIMIT_S = 100, 8, 2, 240  # rows of a worker

EXPERIMENT = """
name = "messages"
[data]
train = "{data}"
repeat = {repeat}
[model]
layers = [{{ type = "dense", units = 64, activation = "tanh" }}, {{ type = "dense", units = 2, activation = "softmax" }}]
loss = "categorical_crossentropy"
[optimizer]
name = "sgd"
learning_rate = 0.01
[trainer]
name = "downpour"
communication_window = 4
epochs = {epochs}
batch_size = 4
[server]
topology = "tree"
ranks_per_node = {ranks}
[relay]
name = "{relay}"
every = 2
[debug]
slow = {{ factor = 200 }}
[checkpoint]
every = "never"
"""


def make_data(tusk, folder, rows):
    rng, csv, data = random.Random(1), folder / f"{rows}.csv", folder / f"{rows}.h5"
    with open(csv, "w") as out:
        for _ in range(rows):
            x = [rng.gauss(0, 1) for _ in range(WIDTH)]
            out.write(",".join(f"{v:.4f}" for v in x) + f",{int(sum(x) > 0)}\n")
    subprocess.run([tusk, "convert", csv, "-o", data, "--overwrite", "--header", "no", "--label", str(WIDTH)], check=True, stdout=subprocess.DEVNULL)
    return data


def run(tusk, folder, shim, nodes, workers, repeat, relay):
    """What is known of a run: seconds, sums of each node, what the shim has counted."""
    data, directory = make_data(tusk, folder, ROWS * nodes * workers), folder / f"run-{nodes}-{workers}"
    experiment, counted = folder / "messages.toml", folder / "messages.json"
    experiment.write_text(EXPERIMENT.format(data=data, repeat=repeat, epochs=EPOCHS, ranks=workers + 1, relay=relay))
    environment = os.environ | {"TUSK_MESSAGES": str(counted), "TUSK_RANKS_PER_NODE": str(workers + 1)}
    command = [REPO / "scripts/mpi-run.sh", "-n", nodes * (workers + 1), "env", f"LD_PRELOAD={shim}", tusk, "train", experiment, "--run-dir", directory]
    done = subprocess.run(list(map(str, command)), env=environment, timeout=LIMIT_S, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode}: {done.stdout}")
    found = json.loads(counted.read_text())
    found["seconds"] = json.loads((directory / "summary.json").read_text())["elapsed_s"]
    with h5py.File(directory / "history.h5") as history:
        file = history["sums/file"][:]
        found["rows"] = [int((file == node).sum()) for node in range(nodes)]
        found["exchanges"] = len(history["merges/relay"]) // nodes
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tusk")
    parser.add_argument("--seconds", type=float, default=6.0, help="about so long each")
    parser.add_argument("--relay", default="diloco")
    parser.add_argument("--short", action="store_true")
    arguments = parser.parse_args()
    tusk = str(pathlib.Path(arguments.tusk).resolve())
    trees = [(2, 2), (2, 6)] if arguments.short else [(2, 2), (2, 8), (2, 16), (4, 2), (8, 2)]
    repeat = 3 if arguments.short else max(1, round(4 * arguments.seconds))
    wrong, memory = [], {}
    with tempfile.TemporaryDirectory(prefix="tusk-messages-") as name:
        folder = pathlib.Path(name)
        shim = folder / "tree_messages.so"
        subprocess.run(["mpicc", "-O1", "-shared", "-fPIC", "-o", shim, REPO / "scripts/tree_messages.c"], check=True)
        print(f"{'tree':>7} {'seconds':>8} {'exchanges':>9} {'sums/s a node':>14} {'from relays/s':>14} {'own workers/s':>14} {'collective/s':>13} "
              f"{'notices':>8} {'MB':>6} {'MB more':>8}")
        for nodes, workers in trees:
            found = run(tusk, folder, shim, nodes, workers, repeat, arguments.relay)
            seconds, most = found["seconds"], found["seconds"] + EPOCHS + 2  # at the beginning and the end, too
            print(f"{nodes:3} × {workers:<2} {seconds:8.1f} {found['exchanges']:9} {max(found['rows']) / seconds:14.2f} {found['sums'] / seconds:14.2f} "
                  f"{found['own_workers'] / seconds:14.1f} {found['collective'] / seconds:13.1f} {found['notices']:8} "
                  f"{found['first_kb'] / 1024:6.1f} {(found['last_kb'] - found['first_kb']) / 1024:8.2f}", flush=True)
            memory[nodes, workers] = (found["last_kb"] - found["first_kb"]) / 1024
            if max(found["rows"]) > most:
                wrong.append(f"{nodes} × {workers}: a node has sent {max(found['rows'])} sums in {seconds:.1f} s with {EPOCHS} epochs")
            # A sum that tells nothing has no row.
            if not sum(found["rows"][1:]) <= found["sums"] <= most * (nodes - 1) and arguments.relay in ("diloco", "averaging", "easgd"):
                wrong.append(f"{nodes} × {workers}: {found['sums']} messages for {sum(found['rows'][1:])} sums")
    small, large = trees[0], trees[1 if arguments.short else 2]
    if memory[large] > memory[small] + 1.0:
        wrong.append(f"rank 0 takes {memory[small]:.1f} MB more for nodes of {small[1]} workers and {memory[large]:.1f} MB for nodes of {large[1]}")
    for line in wrong:
        print(f"wrong: {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
