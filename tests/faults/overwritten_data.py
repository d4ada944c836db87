#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A data file that is written to while it is streamed: the run ends with a line that names the file. One that is replaced by
a rename does not change for who reads it. overwritten_data.py TUSK"""
import os
import shutil
import subprocess
import threading
import time

from faults import Faults

faults = Faults(__doc__)
data, other = faults.data(rows=8000, width=30), faults.data("other", rows=8000, width=30, seed=2)


def while_it_trains(run, ranks, work):
    """Does the work when the run has begun to train."""
    path = faults.folder / f"{run}.h5"
    shutil.copyfile(data, path)
    experiment = faults.experiment(path, run, epochs=12, more="[debug]\nslow = { factor = 10 }\n")
    command = faults.train(experiment, ranks, run, ["data.memory_limit=64 kB"])

    def wait():
        metrics = faults.folder / run / "metrics.jsonl"
        while not (metrics.exists() and metrics.stat().st_size > 0):
            time.sleep(0.02)
        work(path)

    worker = threading.Thread(target=wait, daemon=True)
    worker.start()
    result = faults.run(command, 120)
    worker.join(1)
    return result


def in_place(path):
    with open(path, "r+b") as file:
        file.write(other.read_bytes())


def by_rename(path):
    shutil.copyfile(other, str(path) + ".new")
    os.rename(str(path) + ".new", path)


for ranks in (1, 3):
    result = while_it_trains(f"inplace{ranks}", ranks, in_place)
    faults.check(f"in place, {ranks} ranks", result, 74, says=f"inplace{ranks}.h5: has been written to since it was opened", lines=1)
    faults.check(f"by a rename, {ranks} ranks", while_it_trains(f"rename{ranks}", ranks, by_rename), 0)
faults.end()
