#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A Slurm with RequeueExit=85, as an administrator may have it (docs/clusters.md): a script of one line, `exec`, is queued again after exit code 85 and goes on;
train.sbatch, which queues its job again itself, does no harm beside it. The jobs run beside each other.

requeue_exit_test.py TUSK [--keep]
"""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
from faults import Faults  # noqa: E402
from slurm import REPO, Slurm, need_slurm  # noqa: E402

LINE = """#!/bin/bash
#SBATCH --requeue --open-mode=append --output=tusk-%j.log
exec {launch} "$TUSK" train "$@"
"""
LAUNCHES = {"exec-mpirun": "mpirun -n 2 --oversubscribe --bind-to none", "exec-srun": "srun --mpi=pmix --overcommit -n 2"}


def until(condition, limit_s=90):
    limit = time.monotonic() + limit_s
    while not condition() and time.monotonic() < limit:
        time.sleep(0.1)
    return condition()


def main():
    need_slurm()
    faults = Faults(__doc__)
    folder, expect = faults.folder, faults.expect
    data = faults.data(rows=4000)

    def experiment(name, slow):
        faults.experiment(data, name=name, epochs=8, more=f'[checkpoint]\nevery = "never"\n[debug]\nslow = {{ factor = {slow} }}\n')

    with Slurm(folder / "slurm", more="RequeueExit=85") as slurm:
        scripts = {"train": REPO / "scripts/slurm/train.sbatch"}
        for name, launch in LAUNCHES.items():
            scripts[name] = folder / f"{name}.sbatch"
            scripts[name].write_text(LINE.format(launch=launch))
        for name in scripts:
            experiment(name, 400)
        jobs = {name: slurm.submit(["--ntasks=1", "--time=10", script, f"{name}.toml"], folder, TUSK=faults.tusk) for name, script in scripts.items()}
        expect(until(lambda: all((folder / f"runs/{name}/history.h5").exists() for name in jobs)), "jobs begin to train")
        time.sleep(1)
        for job in jobs.values():  # as --signal=B:USR1@120 does; srun and mpirun pass it on
            slurm.call("scancel", "--signal=USR1", "--batch", job)
        logs = {name: folder / f"tusk-{job}.log" for name, job in jobs.items()}
        expect(until(lambda: all("stopped by SIGUSR1" in log.read_text() for log in logs.values())), "USR1 stops them")
        for name in jobs:
            experiment(name, 1)
        for name, job in jobs.items():
            facts = slurm.wait(job, {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT"})
            well = facts["JobState"] == "COMPLETED" and facts["Restarts"] == "1" and logs[name].read_text().count("going on from") == 1
            expect(well, f"{name}: 85, queued again once, goes on, done: {facts['JobState']}, queued again {facts['Restarts']} times")
            if not well:
                print(logs[name].read_text())
    faults.end()


main()
