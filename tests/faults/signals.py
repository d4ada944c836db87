#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A run that is told to end, by a signal to mpirun or to one rank, or by --max-time: checkpoint, one line, exit code 85. The same command
goes on each time, and comes to its end with every sample of every epoch trained once.

signals.py TUSK [--short] [--rules R …]"""
import json
import os
import signal
import time

from faults import Faults, ranks_below

faults = Faults(__doc__, [("--short", {"action": "store_true"}), ("--rules", {"nargs": "+", "default": ["downpour", "sync_sgd", "single"]})])
ROWS, EPOCHS = 4000, 12
LAUNCHER_ENDED = 1  # Open MPI's mpirun that is sent SIGTERM or SIGINT itself sends the ranks SIGTERM, and ends with this, whatever they do
data = faults.data(rows=ROWS)


def send(signal_number, to, folder):
    """Sends it to mpirun (None) or a rank, once the run trains, or has gone on: its manifest is new."""
    manifest = folder / "manifest.json"

    def written():
        return manifest.stat().st_mtime_ns if manifest.exists() else None

    before = written()

    def work(process):
        while process.poll() is None and written() == before:
            time.sleep(0.02)
        time.sleep(0.3)
        if process.poll() is None:
            os.kill(process.pid if to is None else ranks_below(process.pid)[to], signal_number)
    return work


def checkpoints(folder):
    return {name for name in os.listdir(folder / "checkpoints") if name.startswith("step-")} if (folder / "checkpoints").exists() else set()


for rule in faults.arguments.rules[:1] if faults.arguments.short else faults.arguments.rules:
    ranks = 1 if rule == "single" else 3
    folder = faults.folder / rule
    experiment = faults.experiment(data, rule, trainer=rule, units=512, epochs=EPOCHS, more=f"[debug]\nslow = {{ factor = {60 * max(ranks, 2)} }}\n")
    command = faults.train(experiment, ranks, rule)
    cases = [(signal.SIGTERM, None), (signal.SIGUSR1, ranks - 1)]
    if not faults.arguments.short:
        cases += [(signal.SIGINT, None), (signal.SIGUSR1, None), (signal.SIGTERM, 0), (signal.SIGINT, ranks - 1)]
    for number, (which, to) in enumerate(cases):
        result = faults.run(command, beside=send(which, to, folder))
        ends_launcher = to is None and which != signal.SIGUSR1
        code, name = (LAUNCHER_ENDED, "SIGTERM") if ends_launcher else (85, which.name)
        faults.check(f"{rule}: {which.name} to {'mpirun' if to is None else f'rank {to}'}", result, code,
                     says=[f"stopped by {name} after", "the same command goes on"] + ["going on from"] * (number > 0), lines=0)
    if not faults.arguments.short:
        result = faults.run(command + ["--max-time", "3s"])
        faults.check(f"{rule}: --max-time 3s", result, 85, says="stopped by --max-time after")
        faults.expect(result.seconds < 6, "in time")
    before = checkpoints(folder)
    command += ["--set", f"debug.slow.factor={20 * max(ranks, 2)}"]
    result = faults.run(command, beside=send(signal.SIGUSR2, ranks - 1, folder))
    faults.check(f"{rule}: SIGUSR2 to rank {ranks - 1}, and to the end", result, 0, says=["going on from", "trained"])
    faults.expect(checkpoints(folder) - before, "there is another checkpoint")
    ledger = json.loads((folder / "summary.json").read_text())["ledger"]
    faults.expect(ledger["samples_trained"] == ROWS * EPOCHS, f"{ledger['samples_trained']:,} samples were trained, each epoch's once")
faults.end()
