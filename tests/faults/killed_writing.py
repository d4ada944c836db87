#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A rank that is killed at a write, fsync, rename, unlink or mkdir of a checkpoint, in a write half way through it: the same command goes on
from the newest checkpoint that has its name, and comes to the same end as a run that nobody has disturbed.

killed_writing.py TUSK [--ranks N] [--killed RANKS] [--rule RULE] [--first N] [--step M] [--compiler CC]: at every M-th of the calls of one rank, from
the N-th on; 1 and 1 are all of them. With several ranks each of those named in turn. Scores must be the same where the rule's are repeatable
(one rank, sync_sgd), else every sample must have been trained once."""
import json
import os
import shutil
import subprocess

from faults import Faults, skip

faults = Faults(__doc__, [("--ranks", {"type": int, "default": 1}), ("--killed", {"type": int, "nargs": "+", "default": [0]}),
                          ("--rule", {"default": "single"}), ("--first", {"type": int, "default": 1}), ("--step", {"type": int, "default": 1}), ("--compiler", {"default": "cc"})])
if shutil.which(faults.arguments.compiler) is None:
    skip(f"no C compiler '{faults.arguments.compiler}' to build what kills")
shim, counted = faults.folder / "kill_at_call.so", faults.folder / "calls"
subprocess.run([faults.arguments.compiler, "-shared", "-fPIC", "-O1", "-o", shim,
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "kill_at_call.c"), "-ldl", "-lpthread"], check=True)
ranks, rule = faults.arguments.ranks, faults.arguments.rule
exact = ranks == 1 or rule == "sync_sgd"  # what happens when does not depend on timing
experiment = faults.experiment(faults.data(rows=600), trainer=rule, epochs=2,
                               more='[checkpoint]\nevery = "20 steps"\nkeep = 1\n' + ("" if exact else "[debug]\nslow = { factor = 1000 }\n"))


def train(run, rank=0, kill_at=None):
    command = faults.train(experiment, ranks, run)
    if kill_at is not None:  # set for the one rank alone, not for mpirun
        at = command.index(faults.tusk)
        launcher, program = command[:at - 2], command[at:]
        shim_there = ["env", f"LD_PRELOAD={shim}", f"TUSK_CALLS={counted}", f"TUSK_KILL_AT={kill_at}"]
        parts = [(rank, []), (1, shim_there), (ranks - rank - 1, [])]
        words = []
        for count, before in parts:
            if count > 0:
                words += [":"] * bool(words) + ["-n", str(count), *before, *program]
        command = launcher + words
    return faults.run(command, 120)


def scores(run):
    lines = [json.loads(line) for line in open(faults.folder / run / "metrics.jsonl")]
    if exact:
        return [(line["epoch"], line["step"], line["loss"], line["accuracy"]) for line in lines]
    ledger = json.load(open(faults.folder / run / "summary.json"))["ledger"]
    return [line["epoch"] for line in lines], ledger["samples_trained"], ledger["samples_committed"]


def checkpoints(run):
    folder = faults.folder / run / "checkpoints"
    names = os.listdir(folder) if folder.exists() else []
    return sorted(name for name in names if name.startswith("step-"))


for killed_rank in faults.arguments.killed:
    counted.unlink(missing_ok=True)
    whole_run = f"whole-{killed_rank}"
    faults.check("undisturbed", train(whole_run, killed_rank, 0), 0, says="trained")
    calls = int(counted.read_text())
    faults.expect(calls >= (30 if killed_rank == 0 else 4), f"{calls} calls of rank {killed_rank} write its checkpoints")
    whole = scores(whole_run)
    kills = missed = went_on = 0
    for number in range(faults.arguments.first, calls + 1, faults.arguments.step):
        run = f"killed-{killed_rank}-{number}"
        killed = train(run, killed_rank, number)
        if killed.code == 0 and not exact:  # it has written fewer checkpoints than the undisturbed run
            missed += 1
            shutil.rmtree(faults.folder / run)
            continue
        there = checkpoints(run)
        again = train(run)
        wrong = [] if killed.code == 137 else [f"it was not killed: {killed.code}"]
        if again.code != 0 or "trained" not in again.text:
            wrong.append(f"the same command ends with {again.code}")
        elif scores(run) != whole:
            wrong.append("it does not come to the same end")
        if there and f"going on from {faults.folder}/{run}/checkpoints/{there[-1]}" not in again.text:
            wrong.append(f"it does not go on from {there[-1]}")
        if "damaged" in again.text:
            wrong.append("it found a checkpoint damaged")
        kills += 1
        went_on += bool(there)
        if wrong:
            faults.note(f"rank {killed_rank} killed at call {number}", again, wrong)
        shutil.rmtree(faults.folder / run, ignore_errors=True)
    faults.expect(kills > 0, f"rank {killed_rank} of {ranks}, {rule}: killed at {kills} of {calls} calls ({missed} did not come); {went_on} went on from a checkpoint, the others began again")
faults.end()
