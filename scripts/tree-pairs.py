#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains small trees of centers with every pair of a node's rule and a relays' rule, and checks that nothing is lost.

tree-pairs.py TUSK [--nodes 2] [--workers 2] [--few N] [--only REGEX] [--hosts LIST] [--list]

Each pair is trained once as it is, in a tree of so many nodes with so many workers each on this machine, and once with two of these, in turn,
where the pair can have them: `merge` below 1, moving statistics, overlap, bounded staleness, exchanges by the clock, claimed partitions, and compression
of what relays commit. Relays with a rule among peers meet in MPI_Iallreduce, the others exchange by messages with rank 0, whose own relay reaches the
center by memory.
Every run must end with exit code 0, every sample of every epoch trained and committed once, every claimed partition once an epoch, the epochs complete, the
last exchange of each relay behind its node's last commit, and a training's loss below that of the first epoch. Prints a line a run; exit code 1 if one is wrong.
--few takes N of the runs with options, those that have most pairs of a rule and an option, or of two options, between them; --only those whose line matches. With
--hosts, as `mpirun --host` takes it, nodes are the machines, and --nodes and --workers say how many there are.
"""
import argparse
import itertools
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

ROWS, WIDTH, EPOCHS, FACTOR = 1200, 8, 3, 4
LIMIT_S = 300
REPO = pathlib.Path(__file__).resolve().parents[1]

NODES = ["downpour", "adag", "dynsgd", "experimental", "aeasgd", "eamsgd", "async_local_sgd", "delayed_nesterov", "gem"]
PEERS = ["diloco", "averaging", "easgd"]
RELAYS = PEERS + ["async_local_sgd", "delayed_nesterov", "aeasgd", "dynsgd", "downpour"]
COMPRESSED = ["async_local_sgd", "delayed_nesterov", "dynsgd", "downpour"]
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
{server}
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


OPTIONS = {
    "merge": {"merge": "merge = 0.5"},
    "statistics": {"normal": '{ type = "batch_normalization", momentum = 0.8 }, '},
    "overlap": {"trainer": "overlap = true"},
    "bounded": {"trainer": "max_staleness = 1", "every": 100},
    "clock": {"every": '"0.01s"'},
    "claims": {"trainer": f"parallelism_factor = {FACTOR}"},
    "compression": {"server": 'compression = "topk"\ntopk_fraction = 0.2'},
}


def options_of(node, relay):
    """Those that the pair can have."""
    without = {"merge"} if relay in ELASTIC else set()
    without |= {"overlap"} if node in NO_OVERLAP else set()
    without |= {"compression"} if relay not in COMPRESSED else set()
    return [option for option in OPTIONS if option not in without]


def go_together(first, second):
    return {first, second} not in ({"bounded", "clock"}, {"bounded", "overlap"})


def runs():
    """All pairs plain, and with two options each: those that have been taken least so far."""
    taken = dict.fromkeys(OPTIONS, 0)
    for node in NODES:
        for relay in RELAYS:
            yield node, relay, ()
            both = [pair for pair in itertools.combinations(options_of(node, relay), 2) if go_together(*pair)]
            pair = min(both, key=lambda pair: (sum(taken[option] for option in pair), sum(map(ord, node + relay + "".join(pair))) % 7))
            for option in pair:
                taken[option] += 1
            yield node, relay, pair


def few(count):
    """So many of those with options, which together have as many as possible of a rule with an option, and of two options."""
    left, have, chosen = [run for run in runs() if run[2]], set(), []
    for _ in range(count):
        def new(run):
            node, relay, options = run
            return set(itertools.combinations(options, 2)) | {(rule, option) for rule in ("node " + node, relay) for option in options} | {node, relay}
        best = max(left, key=lambda run: len(new(run) - have))
        have |= new(best)
        left.remove(best)
        chosen.append(best)
    return chosen


def values_of(options):
    """What the options put into the experiment."""
    values = {}
    for option in options:
        for key, text in OPTIONS[option].items():
            values[key] = f"{values[key]}\n{text}" if key in values else text
    return values


def check(directory, partitions):
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
        numbers, sums = history["nodes/file"][:], history["sums/commits"][:].sum()
        last = 0
        for r in set(relay):
            if list(exchange[relay == r]) != list(range((relay == r).sum())):
                wrong.append(f"relay {r}'s exchanges are not 0, 1, …, each once")
            last += taken[relay == r][-1]
    commits, passes = 0, {}
    for number in numbers:
        with h5py.File(directory / f"history/node-{number:03}.h5") as history:
            commits += len(history["commits/ticket"])
            for worker, *key in zip(*(history[f"steps/{name}"][:].tolist() for name in ("worker", "epoch", "partition"))):
                passes.setdefault(tuple(key), set()).add(worker)
    if partitions and (len(passes) != partitions * EPOCHS or max(map(len, passes.values())) > 1):
        wrong.append(f"{len(passes)} passes over partitions instead of {partitions * EPOCHS}, by {max(map(len, passes.values()))} workers at most")
    if not last == sums == commits:
        wrong.append(f"the last exchanges have carried {last} commits of {commits}, the sums {sums}")
    return wrong, loss


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tusk")
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2, help="of each node")
    parser.add_argument("--few", type=int, metavar="N")
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
        for number, (node, relay, options) in enumerate(few(arguments.few) if arguments.few else runs()):
            line = f"{node} {relay} {' '.join(options) or 'plain'}"
            if not re.search(arguments.only, line):
                continue
            if arguments.list:
                print(line)
                continue
            values = {"data": data, "node": node, "relay": relay, "epochs": EPOCHS, "every": 2, "merge": "", "normal": "", "trainer": "", "server": "",
                      "momentum": "momentum = 0.5\nnesterov = true" if node == "eamsgd" else "",
                      "group": "" if arguments.hosts else f"ranks_per_node = {arguments.workers + 1}"} | values_of(options)
            partitions = FACTOR * arguments.nodes * arguments.workers if "claims" in options else 0
            experiment, directory = folder / f"run{number}.toml", folder / f"run{number}"
            experiment.write_text(EXPERIMENT.format(**values))
            hosts = ["--host", arguments.hosts] if arguments.hosts else []
            command = [str(REPO / "scripts/mpi-run.sh"), "-n", str(ranks), *hosts, tusk, "train", str(experiment), "--run-dir", str(directory)]
            start = time.time()
            try:
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S)
                wrong, loss = check(directory, partitions) if done.returncode == 0 else ([f"exit code {done.returncode}:\n{done.stdout}"], None)
            except subprocess.TimeoutExpired:
                wrong, loss = [f"it has not ended within {LIMIT_S} s"], None
            print(f"{line}: {'; '.join(wrong) or f'loss {loss:.4f}'} ({time.time() - start:.1f} s)", flush=True)
            failed += bool(wrong)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
