#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains small trees of centers with every pair of a node's rule and a relays' rule, and checks that nothing is lost.

tree-pairs.py TUSK [--nodes 2] [--workers 2] [--only REGEX] [--hosts LIST] [--list]

Each pair is trained once as it is, in a tree of so many nodes with so many workers each on this machine. Beside that, in turn: with
`merge` below 1, moving statistics, overlap, bounded staleness and exchanges by the clock, where the pair can have them. Relays with a rule
among peers meet in MPI_Iallreduce, the others exchange by messages with rank 0, whose own relay reaches the center by memory.
Every run must end with exit code 0, every sample of every epoch trained and committed once, the epochs complete, the last exchange of each relay
behind its node's last commit, and a training's loss below that of the first epoch. Prints a line a run; exit code 1 if one is wrong.
--only takes those whose line matches. With --hosts, as `mpirun --host` takes it, nodes are the machines, and --nodes and --workers say how many there are.
"""
import argparse
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

ROWS, WIDTH, EPOCHS = 1200, 8, 3
LIMIT_S = 300
REPO = pathlib.Path(__file__).resolve().parents[1]

NODES = ["downpour", "adag", "dynsgd", "experimental", "aeasgd", "eamsgd", "async_local_sgd", "delayed_nesterov", "gem"]
PEERS = ["diloco", "averaging", "easgd"]
RELAYS = PEERS + ["async_local_sgd", "delayed_nesterov", "aeasgd", "dynsgd", "downpour"]
ELASTIC = {"aeasgd", "eamsgd", "easgd", "averaging"}  # that keep a sum: no merge below 1 between relays
NO_OVERLAP = {"delayed_nesterov", "gem", "experimental", "eamsgd"}

EXPERIMENT = """
name = "pair"
seed = 5
[data]
train = "{data}"
validation_split = 0.1
[model]
layers = [{{ type = "dense", units = 16, activation = "tanh" }}, {normal}{{ type = "dense", units = 2, activation = "softmax" }}]
loss = "categorical_crossentropy"
[optimizer]
name = "sgd"
learning_rate = 0.02
{momentum}
[trainer]
name = "{node}"
communication_window = 4
epochs = {epochs}
batch_size = 8
{trainer}
[server]
topology = "tree"
{group}
[relay]
name = "{relay}"
every = {every}
{merge}
[checkpoint]
every = "never"
"""


def make_data(tusk, folder):
    rng, csv, data = random.Random(1), folder / "data.csv", folder / "data.h5"
    with open(csv, "w") as out:
        for _ in range(ROWS):
            x = [rng.gauss(0, 1) for _ in range(WIDTH)]
            out.write(",".join(f"{v:.6f}" for v in x) + f",{int(sum(x[::2]) > sum(x[1::2]))}\n")
    subprocess.run([tusk, "convert", csv, "-o", data, "--header", "no", "--label", str(WIDTH)], check=True, stdout=subprocess.DEVNULL)
    return data


def kinds_of(node, relay):
    """What there is to be tried of a pair: names, with options."""
    yield "plain", {}
    if relay not in ELASTIC:
        yield "merge", {"merge": "merge = 0.5"}
    if relay in PEERS:
        yield "statistics", {"normal": '{ type = "batch_normalization", momentum = 0.8 }, '}
    if node not in NO_OVERLAP:
        yield "overlap", {"trainer": "overlap = true"}
    yield "bounded", {"trainer": "max_staleness = 1", "every": 100}
    yield "clock", {"every": '"0.01s"'}


def runs():
    """All pairs plain, and one of the other kinds with each, in turn."""
    turn = 0
    for node in NODES:
        for relay in RELAYS:
            kinds = list(kinds_of(node, relay))
            yield node, relay, *kinds[0]
            turn += 1
            yield node, relay, *kinds[1 + turn % (len(kinds) - 1)]


def check(directory):
    wrong = []
    summary = json.loads((directory / "summary.json").read_text())
    expected = EPOCHS * (ROWS - ROWS // 10)
    for key in ("samples_trained", "samples_committed"):
        if summary["ledger"][key] != expected:
            wrong.append(f"{key} is {summary['ledger'][key]} instead of {expected}")
    lines = [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()]
    if [line["epoch"] for line in lines] != list(range(1, EPOCHS + 1)):
        wrong.append(f"epochs in metrics.jsonl: {[line['epoch'] for line in lines]}")
    loss, before = lines[-1]["loss"], lines[0]["loss"]  # of the training: relays may have met twice
    if not loss < before:
        wrong.append(f"the loss went from {before} to {loss}")
    try:
        import h5py
    except ImportError:
        return wrong, loss
    with h5py.File(directory / "history.h5") as history:
        relay, exchange, taken = (history[f"merges/{name}"][:] for name in ("relay", "exchange", "taken"))
        last = 0
        for r in set(relay):
            if list(exchange[relay == r]) != list(range((relay == r).sum())):
                wrong.append(f"relay {r}'s exchanges are not 0, 1, …, each once")
            last += taken[relay == r][-1]
        if last != len(history["commits/ticket"]):
            wrong.append(f"the last exchanges have carried {last} commits of {len(history['commits/ticket'])}")
    return wrong, loss


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tusk")
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2, help="of each node")
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--hosts", help="as `mpirun --host` takes them")
    parser.add_argument("--list", action="store_true", help="print what would be run")
    arguments = parser.parse_args()
    tusk = str(pathlib.Path(arguments.tusk).resolve())
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tusk-pairs-") as name:
        folder = pathlib.Path(name)
        data = None if arguments.list else make_data(tusk, folder)
        ranks = arguments.nodes * (arguments.workers + 1)
        for number, (node, relay, kind, options) in enumerate(runs()):
            line = f"{node} {relay} {kind}"
            if not re.search(arguments.only, line):
                continue
            if arguments.list:
                print(line)
                continue
            values = {"data": data, "node": node, "relay": relay, "epochs": EPOCHS, "every": 2, "merge": "", "normal": "", "trainer": "",
                      "momentum": "momentum = 0.5\nnesterov = true" if node == "eamsgd" else "",
                      "group": "" if arguments.hosts else f"ranks_per_node = {arguments.workers + 1}"} | options
            experiment, directory = folder / f"run{number}.toml", folder / f"run{number}"
            experiment.write_text(EXPERIMENT.format(**values))
            hosts = ["--host", arguments.hosts] if arguments.hosts else []
            command = [str(REPO / "scripts/mpi-run.sh"), "-n", str(ranks), *hosts, tusk, "train", str(experiment), "--run-dir", str(directory)]
            start = time.time()
            try:
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S)
                wrong, loss = check(directory) if done.returncode == 0 else ([f"exit code {done.returncode}:\n{done.stdout}"], None)
            except subprocess.TimeoutExpired:
                wrong, loss = [f"it has not ended within {LIMIT_S} s"], None
            print(f"{line}: {'; '.join(wrong) or f'loss {loss:.4f}'} ({time.time() - start:.1f} s)", flush=True)
            failed += bool(wrong)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
