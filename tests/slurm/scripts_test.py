#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every script of scripts/slurm/ by a real Slurm (slurm.py): time limit, USR1, exit code 85, queued again, goes on, ends with the model of
an uninterrupted run; scancel; an array; srun and mpirun. The jobs run beside each other, slowed down, so that they compute little.

scripts_test.py TUSK [--keep]
"""
import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
from faults import Faults  # noqa: E402
from slurm import REPO, Slurm, need_slurm  # noqa: E402

SCRIPTS = REPO / "scripts/slurm"
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"}


def until(condition, limit_s=60):
    limit = time.monotonic() + limit_s
    while not condition() and time.monotonic() < limit:
        time.sleep(0.1)
    return condition()


class Jobs:
    """Experiments, and jobs that train them."""

    def __init__(self, faults, slurm):
        self.faults, self.slurm, self.folder = faults, slurm, faults.folder
        self.data = faults.data(rows=4000)

    def experiment(self, name, trainer, slow=1.0, epochs=20):
        self.faults.experiment(self.data, name=name, trainer=trainer, epochs=epochs, validation=0.1,
                               more=f'[checkpoint]\nevery = "never"\n[debug]\nslow = {{ factor = {slow} }}\n')

    def submit(self, *arguments, **environment):
        return self.slurm.submit(arguments, self.folder, TUSK=self.faults.tusk, **environment)

    def summary(self, run):
        return json.loads((self.folder / run / "summary.json").read_text())

    def has(self, *paths):
        return all((self.folder / path).exists() for path in paths)

    def log(self, job):
        return "".join(path.read_text() for path in self.folder.glob(f"tusk-{job}.log"))

    def reference(self, name, ranks):
        """The scores of the same run without an end in between."""
        done = self.faults.run(self.faults.train(self.folder / f"{name}.toml", ranks, run=f"{name}-reference",
                                                 sets=("debug.slow.factor=1",)), limit_s=120)
        self.faults.check(f"{name} without an end in between", done, 0)
        return self.summary(f"{name}-reference")

    def ends_well(self, job, what, restarts, at_most=None):
        """`at_most`: a job with a time limit may meet it more than once, on a machine that others use."""
        facts = self.slurm.wait(job, ENDED)
        well = facts["JobState"] == "COMPLETED" and restarts <= int(facts["Restarts"]) <= (at_most or restarts)
        self.faults.expect(well, f"{what}: {facts['JobState']}, queued again {facts['Restarts']} times")
        if not well:
            print(self.log(job))
        return int(facts["Restarts"])


def stops(faults, jobs):
    """Jobs that are ended: by their time limit, by a signal, by scancel."""
    slurm, expect = jobs.slurm, faults.expect
    jobs.experiment("limited", "sync_sgd", slow=4000)  # minutes; repeatable to the bit, so the model is, too
    limited = jobs.submit("--time=1", "--signal=B:USR1@20", "--ntasks=2", SCRIPTS / "train.sbatch", "limited.toml", TUSK_RANKS="2")
    for name in ("signaled", "canceled"):
        jobs.experiment(name, "downpour", slow=400)
    signaled = jobs.submit("--ntasks=2", SCRIPTS / "train.sbatch", "signaled.toml", TUSK_LAUNCHER="mpirun")
    canceled = jobs.submit("--ntasks=1", SCRIPTS / "train.sbatch", "canceled.toml")
    jobs.experiment("several", "downpour", slow=400)
    several = jobs.submit("--array=1-2", SCRIPTS / "array.sbatch", "several.toml")
    expect(until(lambda: jobs.has(*(f"runs/{run}/history.h5" for run in ("signaled", "canceled", "several-1", "several-2")))),
           "jobs begin to train, by srun and by mpirun")
    # The task whose job has the array's number, which stands for all of them.
    stopped = next(task for task in (1, 2) if slurm.job(f"{several}_{task}")["JobId"] == several)
    time.sleep(1)
    for job in (signaled, f"{several}_{stopped}"):
        slurm.call("scancel", "--signal=USR1", "--batch", job)
    slurm.call("scancel", canceled)

    facts = slurm.wait(canceled, {"CANCELLED"}, 60)
    expect(until(lambda: "stopped by SIGTERM" in jobs.log(canceled)), "a cancelled job writes a checkpoint")
    expect(facts["Restarts"] == "0", "and is not queued again")
    expect(until(lambda: "stopped by SIGUSR1" in jobs.log(signaled)), "USR1 stops a job below mpirun")
    expect(until(lambda: "stopped by SIGUSR1" in jobs.log(f"{several}_{stopped}")), "and a task of an array")
    for name in ("signaled", "canceled", "several"):
        jobs.experiment(name, "downpour")  # the rest as fast as it goes
    again = jobs.submit("--ntasks=1", SCRIPTS / "train.sbatch", "canceled.toml")

    jobs.ends_well(signaled, "mpirun: USR1, 85, queued again, done", 1)
    expect("going on from" in jobs.log(signaled), "it went on")
    plain = jobs.reference("signaled", 3)
    expect(abs(jobs.summary("runs/signaled")["val_accuracy"] - plain["val_accuracy"]) < 0.05, "its accuracy is as good")
    jobs.ends_well(again, "the cancelled job, submitted again", 0)
    expect("going on from" in jobs.log(again), "goes on")

    jobs.ends_well(f"{several}_{stopped}", "array.sbatch: a task's USR1, 85, queued again, done", 1)
    expect("going on from" in jobs.log(f"{several}_{stopped}"), "it went on")
    jobs.ends_well(f"{several}_{3 - stopped}", "the array's other task, left alone", 0)

    # The limit of a minute is enforced between 10 and 40 s after the start.
    expect(until(lambda: "stopped by SIGUSR1" in jobs.log(limited), 90), "a time limit's USR1 stops a job")
    jobs.experiment("limited", "sync_sgd")
    restarts = jobs.ends_well(limited, "srun: time limit, USR1, 85, queued again, done", 1, at_most=9)
    expect(jobs.log(limited).count("going on from") == restarts, "it went on, each time")
    plain, interrupted = jobs.reference("limited", 2), jobs.summary("runs/limited")
    expect(all(interrupted[key] == plain[key] for key in ("loss", "val_loss", "val_accuracy")), "its model is the same to the bit")


def arrays(faults, jobs):
    expect = faults.expect
    jobs.experiment("again", "downpour", epochs=2)
    seeds = jobs.submit("--array=1-2", SCRIPTS / "array.sbatch", "again.toml")
    (jobs.folder / "settings.txt").write_text("seed=3 optimizer.learning_rate=0.05\nseed=4\n")
    jobs.experiment("varied", "downpour", epochs=2)
    varied = jobs.submit("--array=1-3", SCRIPTS / "array.sbatch", "varied.toml", "settings.txt")
    runs = [f"runs/{name}-{n}" for name in ("again", "varied") for n in (1, 2)]
    expect(until(lambda: jobs.has(*(f"{run}/summary.json" for run in runs))), "arrays train each task's run")
    texts = [(jobs.folder / run / "experiment.toml").read_text() for run in runs]
    expect(all(f"seed = {n}\n" in text for n, text in enumerate(texts, 1)), "with seeds by number, or by the lines of a file")
    expect("learning_rate = 0.05" in texts[2], "and other settings")
    expect(jobs.log(f"{seeds}_1") != "", "with a log a task")
    expect(until(lambda: "settings.txt has no line 3" in jobs.log(f"{varied}_3")), "a line that is not there is named")


def many_nodes(faults, jobs):
    """multinode.sbatch, on the one node that there is: it wants the node for itself. By srun it is stopped once."""
    for launcher, ranks, shards in (("srun", 4, 2), ("mpirun", min(os.cpu_count(), 2), 1)):  # mpirun binds to real cores
        run, is_stopped = f"many-{launcher}", launcher == "srun"
        jobs.experiment("many", "downpour", slow=2000 if is_stopped else 1, epochs=2)
        job = jobs.submit("--nodes=1", f"--ntasks-per-node={ranks}", "--cpus-per-task=1", "--time=30", SCRIPTS / "multinode.sbatch",
                          "many.toml", "--run-dir", run, "--set", "server.transport=message", TUSK_SHARDS=str(shards), TUSK_LAUNCHER=launcher)
        if is_stopped:
            faults.expect(until(lambda: jobs.has(f"{run}/history.h5")), "multinode.sbatch begins to train")
            time.sleep(1)
            jobs.slurm.call("scancel", "--signal=USR1", "--batch", job)
            faults.expect(until(lambda: "stopped by SIGUSR1" in jobs.log(job)), "USR1 stops it")
            jobs.experiment("many", "downpour", epochs=2)
        jobs.ends_well(job, f"multinode.sbatch by {launcher}", int(is_stopped))
        faults.expect(("going on from" in jobs.log(job)) == is_stopped, "and goes on where it was stopped")
        faults.expect(jobs.summary(run)["workers"] == max(ranks - shards, 1), "with a worker each rank that does not serve")


def alone(faults, slurm):
    done = subprocess.run(["srun", "-n", "2", "--mpi=none", faults.tusk, "info"], env=slurm.environment, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60)
    errors = [line for line in done.stderr.splitlines() if line.startswith("tusk: error")]
    faults.expect(done.returncode == 64 and len(errors) == 1 and "--mpi=pmix" in errors[0] and not done.stdout,
                  "two processes that MPI finds alone are refused, once, and the flag is named")


def main():
    need_slurm()
    faults = Faults(__doc__)
    with Slurm(faults.folder / "slurm") as slurm:
        jobs = Jobs(faults, slurm)
        alone(faults, slurm)
        arrays(faults, jobs)
        stops(faults, jobs)
        many_nodes(faults, jobs)
    faults.end()


main()
