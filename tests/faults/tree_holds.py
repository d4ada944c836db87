#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trees of centers in which somebody is late: nothing hangs, nothing is lost, and the others go on.

tree_holds.py TUSK [--short] [--hold SECONDS] [--relays RULE] [--only CASE]

Three nodes of two workers each, who claim partitions (but for `ends`). Each case is trained with relays that meet (diloco) and with relays that have a center
(async_local_sgd); in the middle of each a checkpoint is asked for (SIGUSR2), from which another run goes on:

  ends       the nodes end at different times: each worker has a shard, and one is many times slower
  eighth     a node has an eighth of the others' speed (these have one worker)
  waiting    max_staleness = 0 and every = 100: the workers of a node wait at their gates for a slow one of another
  held       a relay is stopped (SIGSTOP) for 10 s; then rank 0's

A run must end with exit code 0, with every partition trained once an epoch and all of it committed. While a relay is held the workers of
all nodes go on training on what they have claimed, only the held one is named as silent, and where relays have a center rank 0 goes on
hearing of the others. Prints what was seen."""
import json
import os
import pathlib
import signal
import sys
import time

from faults import REPO, Faults, ranks_below

faults = Faults(__doc__, [("--short", {"action": "store_true"}), ("--hold", {"type": float, "default": 10.0}),
                          ("--only", {"default": "", "help": "a case"}), ("--relays", {"default": "", "help": "diloco or async_local_sgd alone"})])
try:
    import numpy as np
    sys.path.insert(0, str(REPO / "scripts"))
    from history_tables import read_tables
except ImportError:
    from skips import skip
    skip("h5py and numpy are needed to look at histories")

SHORT = faults.arguments.short
HOLD = 2.0 if SHORT else faults.arguments.hold
WARNING = 60 if SHORT else 5
ROWS = 4000
data = faults.data(rows=ROWS)


class Train:
    """A run and what is done to its processes meanwhile."""

    def __init__(self, name, relays, epochs, slow="", trainer="", every=2, nodes=3, workers=2, factor=2, units=16):
        self.name, self.nodes, self.workers, self.epochs, self.parts = name, nodes, workers, epochs, factor * workers * nodes
        self.path = faults.experiment(data, name, units=units, epochs=epochs, more=f"""communication_window = 4
parallelism_factor = {factor}
{trainer}
[server]
topology = "tree"
ranks_per_node = {workers + 1}
stall_warning = "{WARNING}s"
[relay]
name = "{relays}"
every = {every}
[debug]
slow = {{ {slow or "factor = 40"} }}
[checkpoint]
every = "never"
keep = 100
""")
        self.directory = faults.folder / name

    def run(self, work=None, more=(), run=None):
        directory = faults.folder / (run or self.name)

        def wait(process):
            start = time.monotonic()
            while process.poll() is None and not (directory / "metrics.jsonl").exists():
                time.sleep(0.01)
            time.sleep(max(0.5, 0.3 * (time.monotonic() - start)))  # longer where the machine has other work
            if process.poll() is None:
                work(ranks_below(process.pid), process)

        return faults.run(faults.train(self.path, (self.workers + 1) * self.nodes, run or self.name, more=more), 240, beside=wait if work else None)

    def whole(self, run=None):
        """What is wrong with the records of a run; its steps."""
        directory, wrong = faults.folder / (run or self.name), []
        summary = json.loads((directory / "summary.json").read_text())
        for key in ("samples_trained", "samples_committed"):
            if summary["ledger"][key] != ROWS * self.epochs:
                wrong.append(f"{key} is {summary['ledger'][key]} instead of {ROWS * self.epochs}")
        epochs = [json.loads(line)["epoch"] for line in (directory / "metrics.jsonl").read_text().splitlines()]
        if epochs != list(range(1, self.epochs + 1)):
            wrong.append(f"epochs: {epochs}")
        tables = read_tables(directory)
        steps = {name: np.array(tables["steps"][name]) for name in ("worker", "epoch", "partition", "samples", "time_s")}
        if summary["updates"] != len(tables["commits"]["ticket"]):
            wrong.append(f"{len(tables['commits']['ticket'])} commits of {summary['updates']}")
        passes = {}
        for epoch, partition, worker, samples in zip(*(steps[name].tolist() for name in ("epoch", "partition", "worker", "samples"))):
            before = passes.setdefault((epoch, partition), [worker, 0])
            before[1] += samples
            if before[0] != worker:
                wrong.append(f"partition {partition} of epoch {epoch} by two workers")
        parts = self.parts
        if len(passes) != parts * self.epochs or {count for _, count in passes.values()} - {ROWS // parts, ROWS // parts + 1}:
            wrong.append(f"{len(passes)} passes over partitions instead of {parts * self.epochs}, of {sorted({c for _, c in passes.values()})} samples")
        return wrong, steps

    def check(self, what, result, more=()):
        wrong, steps = list(more), None
        if result.code == 0:
            found, steps = self.whole()
            wrong += found
        else:
            wrong.append(f"exit code {result.code}")
        faults.note(f"{self.name}: {what}", result, wrong)
        return steps

    def go_on(self):
        """From the checkpoint that was taken meanwhile."""
        checkpoints = sorted((self.directory / "checkpoints").glob("step-*"))
        if not checkpoints:
            return faults.expect(False, f"{self.name}: a checkpoint in the middle")
        result = self.run(more=["--resume", str(checkpoints[0])], run=self.name + "-again")
        wrong = self.whole(self.name + "-again")[0] if result.code == 0 else [f"exit code {result.code}"]
        faults.note(f"{self.name}: it goes on from {checkpoints[0].name}", result, wrong)


def ask(pids, rank=0):
    os.kill(pids[rank], signal.SIGUSR2)


def checkpoint_soon(pids, process):
    ask(pids)


def hold(rank, seen):
    def work(pids, process):
        heard = faults.folder / seen["name"] / "history.h5"
        os.kill(pids[rank], signal.SIGSTOP)
        seen["from"], size = time.time(), heard.stat().st_size
        time.sleep(HOLD / 2)
        ask(pids, 0 if rank != 0 else 1)  # in the middle of it
        time.sleep(HOLD / 2)
        seen["grown"] = heard.stat().st_size - size
        seen["until"] = time.time()
        os.kill(pids[rank], signal.SIGCONT)
    return work


def began(name):
    """When the run began, as its manifest tells (in seconds since 1970): the zero of time_s is some hundredths later."""
    return (faults.folder / name / "manifest.json").stat().st_mtime


def held(relays, rank):
    run = Train(f"held-{relays}-{rank}", relays, epochs=5 if SHORT else 7, slow=f"factor = {800 if SHORT else 3000}")
    seen = {"name": run.name}
    result = run.run(hold(rank, seen))
    steps = run.check(f"rank {rank} is held for {HOLD:g} s", result)
    if steps is None or "until" not in seen:
        return faults.expect(False, f"{run.name}: it was held while it trained")
    begin = seen["from"] - began(run.name)
    ask = begin + HOLD / 2  # until the checkpoint is asked for, after which all stand
    within = (steps["time_s"] > begin) & (steps["time_s"] < ask)
    nodes = [within & (steps["worker"] // 2 == node) for node in range(run.nodes)]
    print(f"      steps of each node from {begin:.1f} s, when it was held, to {ask:.1f} s: {[int(node.sum()) for node in nodes]}, the last at",
          [f"{steps['time_s'][node].max(initial=0.0):.1f} s" for node in nodes], f"; history.h5 grew by {seen['grown']:,} bytes while it was held;",
          f"the last step came at {steps['time_s'].max():.1f} s")
    if not SHORT:  # what a machine with other work cannot promise
        faults.expect(all(node.any() for node in nodes), "workers of all nodes went on, those of the held relay with the partitions at hand")
    if rank != 0 and not SHORT:
        last = min(steps["time_s"][node].max(initial=0.0) for number, node in enumerate(nodes) if number != rank // 3)
        faults.expect(last > begin + 0.7 * HOLD / 2, "those of other nodes to the end")
        later = (steps["time_s"] > ask + 0.3 * HOLD / 2) & (steps["time_s"] < begin + HOLD - 0.1) & (steps["worker"] // 2 != rank // 3)
        faults.expect(not later.any(), f"and then stood for the checkpoint, as they were told meanwhile ({int(later.sum())} steps)")
    if not SHORT:
        silent = [line for line in result.warnings if "(process " in line and "not training yet" not in line]
        faults.expect(any(f"rank {rank} " in line for line in silent), "the held rank is named")
        faults.expect(all(f"rank {rank} " in line for line in silent), "and nobody else")
    if not SHORT or relays == "diloco":
        run.go_on()


def simple(name, relays, work, **options):
    run = Train(f"{name}-{relays}", relays, **options)
    steps = run.check("all is trained once", run.run(work))
    if steps is not None:
        last = [float(steps["time_s"][steps["worker"] // run.workers == node].max(initial=0.0)) for node in range(run.nodes)]
        print("      steps of each worker:", np.bincount(steps["worker"], minlength=run.workers * run.nodes).tolist(),
              "; last step of each node after", [f"{t:.1f} s" for t in last])
    run.go_on()


for relays in ("diloco", "async_local_sgd"):
    if faults.arguments.relays and relays != faults.arguments.relays:
        continue
    if SHORT:
        held(relays, 3 if relays == "diloco" else 0)
        continue
    cases = {
        "ends": lambda: simple("ends", relays, checkpoint_soon, epochs=12, factor=1, slow="worker = 2, factor = 300"),
        "eighth": lambda: simple("eighth", relays, checkpoint_soon, epochs=24, workers=1, slow="worker = 1, factor = 8", units=1000),
        "waiting": lambda: simple("waiting", relays, checkpoint_soon, epochs=6, trainer="max_staleness = 0", every=100, slow="worker = 5, factor = 150"),
        "held": lambda: [held(relays, rank) for rank in (3, 0)],
    }
    for case, do in cases.items():
        if faults.arguments.only in ("", case):
            do()
faults.end()
