#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""history.h5 is readable while the run goes on, and after kill -9 before the first epoch has ended: up to the last flush, which
is two seconds ago at most; and it is as thin as [history] steps says. history_readable.py TUSK [--seconds S]: kills it after three flushes,
or S seconds."""
import os
import signal
import time

from faults import Faults, need, ranks_below

need("h5py")
import h5py  # noqa: E402

faults = Faults(__doc__, [("--seconds", {"type": float, "default": 30.0})])
data = faults.data(rows=40_000)


def rows(path):
    """How many steps there are, after a look at each: none is empty, and a worker's ascend. None while a flush goes on."""
    try:
        with h5py.File(path) as file:
            steps, workers = file["steps/step"][:], file["steps/worker"][:]
            samples, loss = file["steps/samples"][:], file["steps/loss"][:]
    except (OSError, KeyError):
        return None
    count = min(len(steps), len(workers), len(samples), len(loss))
    for worker in set(workers[:count]):
        mine = steps[:count][workers[:count] == worker]
        if list(mine) != list(range(1, len(mine) + 1)):
            return None
    return count if (samples[:count] > 0).all() and (loss[:count] > 0).all() else None


for trainer, ranks in (("single", 1), ("downpour", 3), ("sync_sgd", 2)):
    seen, unreadable = [], 0
    experiment = faults.experiment(data, trainer, trainer=trainer, epochs=1, units=64, more="[debug]\nslow = { factor = 1000 }\n")
    history = faults.folder / trainer / "history.h5"

    def grown():
        return sum(a < b for a, b in zip(seen, seen[1:]))

    def watch(process):
        global unreadable
        end = None
        while process.poll() is None and (end is None or time.monotonic() < end) and grown() < 3:
            if history.exists():
                end = end or time.monotonic() + faults.arguments.seconds
                count = rows(history)
                unreadable += count is None
                if count is not None:
                    seen.append(count)
            time.sleep(0.01)
        for pid in ranks_below(process.pid):
            os.kill(pid, signal.SIGKILL)

    result = faults.run(faults.train(experiment, ranks, trainer), 120, beside=watch)
    faults.expect(result.code == 137, f"{trainer}: killed before the first epoch has ended: exit code {result.code} after {result.seconds:.1f} s")
    faults.expect(not (faults.folder / trainer / "metrics.jsonl").read_text(), "no epoch has ended")
    faults.expect(grown() >= 2 and seen == sorted(seen),
                  f"h5py read it {len(seen)} times while it grew {grown()} times, and {unreadable} times met a flush")
    faults.expect(unreadable <= len(seen) / 20, "nearly always")
    faults.expect(rows(history) is not None and rows(history) >= max(seen) > 0, f"after the kill it has {rows(history)} steps")
whole = faults.experiment(data, "whole", trainer="adag", epochs=1)
for steps, every in (("all", 1), ("every:100", 100), ("none", 0)):
    run = steps.replace(":", "-")
    faults.check(f'history.steps = "{steps}"', faults.run(faults.train(whole, 2, run, [f"history.steps={steps}"])), 0)
    with h5py.File(faults.folder / run / "history.h5") as file:
        step, ticket = file["steps/step"][:], file["commits/ticket"][:]
    size = (faults.folder / run / "history.h5").stat().st_size
    faults.expect(list(step) == (list(range(every, 2501, every)) if every else []) and (len(ticket) > 0) == (every > 0),
                  f"{len(step):,} steps and {len(ticket):,} commits are there, {size:,} bytes")
faults.end()
