#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A rank that is killed at a write, fsync, rename, unlink or mkdir of a checkpoint, in a write half way through it: the same command goes on
from the newest checkpoint that has its name, and comes to the same end as a run that nobody has disturbed.

killed_writing.py TUSK [--first N] [--step M] [--compiler CC]: at every M-th of the calls, from the N-th on; 1 and 1 are all of them."""
import json
import os
import shutil
import subprocess

from faults import Faults, skip

faults = Faults(__doc__, [("--first", {"type": int, "default": 1}), ("--step", {"type": int, "default": 1}), ("--compiler", {"default": "cc"})])
if shutil.which(faults.arguments.compiler) is None:
    skip(f"no C compiler '{faults.arguments.compiler}' to build what kills")
shim, counted = faults.folder / "kill_at_call.so", faults.folder / "calls"
subprocess.run([faults.arguments.compiler, "-shared", "-fPIC", "-O1", "-o", shim,
                os.path.join(os.path.dirname(os.path.abspath(__file__)), "kill_at_call.c"), "-ldl", "-lpthread"], check=True)
experiment = faults.experiment(faults.data(rows=600), trainer="single", epochs=2, more='[checkpoint]\nevery = "20 steps"\nkeep = 1\n')


def train(run, kill_at=None):
    command = faults.train(experiment, 1, run)
    if kill_at is not None:  # set for the rank alone, not for mpirun
        at = command.index(faults.tusk)
        command[at:at] = ["env", f"LD_PRELOAD={shim}", f"TUSK_CALLS={counted}", f"TUSK_KILL_AT={kill_at}"]
    return faults.run(command)


def scores(run):
    lines = [json.loads(line) for line in open(faults.folder / run / "metrics.jsonl")]
    return [(line["epoch"], line["step"], line["loss"], line["accuracy"]) for line in lines]


def checkpoints(run):
    folder = faults.folder / run / "checkpoints"
    names = os.listdir(folder) if folder.exists() else []
    return sorted(name for name in names if name.startswith("step-"))


faults.check("undisturbed", train("whole", 0), 0, says="trained")
calls = int(counted.read_text())
faults.expect(calls > 30, f"{calls} calls write its checkpoints")
whole = scores("whole")
went_on = 0
for number in range(faults.arguments.first, calls + 1, faults.arguments.step):
    run = f"killed-{number}"
    killed = train(run, number)
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
    went_on += bool(there)
    if wrong:
        faults.note(f"killed at call {number}", again, wrong)
    shutil.rmtree(faults.folder / run, ignore_errors=True)
faults.expect(went_on > 0, f"killed at every {faults.arguments.step}. of {calls} calls; {went_on} went on from a checkpoint, the others began again")
faults.end()
