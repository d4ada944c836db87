#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ranks that are started with different things: refused before anything is trained, by a line that names rank, host and
difference. different_ranks.py TUSK"""
import shutil

from faults import Faults

faults = Faults(__doc__)
data, other = faults.data(), faults.data("other", seed=2)
experiment = faults.experiment(data)
host = __import__("socket").gethostname()


def mixed(run, *sets, run_dir=None):
    """Rank 2 of three with settings of its own."""
    command = faults.train(experiment, 2, run)
    return command + [":", "-n", "1", faults.tusk, "train", str(experiment), "--run-dir", str(faults.folder / (run_dir or run)),
                      *[word for setting in sets for word in ("--set", setting)]]


faults.check("the same", faults.run(mixed("same")), 0)
faults.check("another seed", faults.run(mixed("seed", "seed=6")), 78, says=f"rank 2 on {host} has another experiment than rank 0", lines=1)
faults.expect(not (faults.folder / "seed").exists(), "no run directory was made")
faults.check("another rule", faults.run(mixed("rule", "trainer.name=adag")), 78, says="trainer", lines=1)
faults.check("another run directory", faults.run(mixed("here", run_dir="there")), 78, says="run directory", lines=1)
faults.check("another file", faults.run(mixed("data", f"data.train={other}")), 65, says=f"rank 2 on {host} has other data than rank 0: {other}",
             lines=1)
copy = faults.folder / "copy.h5"
shutil.copyfile(data, copy)
faults.check("a copy of the file", faults.run(mixed("copy", f"data.train={copy}")), 0)
with open(copy, "r+b") as file:  # one whose stored checksum tells nothing
    file.seek(copy.stat().st_size // 2)
    file.write(b"\0" * (copy.stat().st_size // 4))
faults.check("a damaged copy", faults.run(mixed("damaged", f"data.train={copy}")), 65, says="has other data than rank 0", lines=1)
faults.check("other threads", faults.run(mixed("threads", "trainer.threads=2")), 0)
faults.end()
