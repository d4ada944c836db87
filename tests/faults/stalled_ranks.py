#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A rank that is stopped (SIGSTOP), one that is stuck and one that is killed: named by a line of Tusk's own, where mpirun says nothing.

stalled_ranks.py TUSK [--warning S]: server.stall_warning names a stopped rank, and the run goes on when that does;
server.stall_abort ends the job with 87; a killed rank is named before mpirun ends the others, with 137. A rank that is stuck in a step,
as on a file system that does not answer, names itself."""
import os
import pathlib
import signal
import threading
import time

from faults import Faults, ranks_below

faults = Faults(__doc__, [("--warning", {"type": float, "default": 3.0}), ("--short", {"action": "store_true"})])
warning = faults.arguments.warning
data = faults.data(rows=8000)
host = __import__("socket").gethostname()


def train(run, trainer, ranks, sets, work):
    """Does the work with the ranks' processes, by rank, when the run has begun to train."""
    experiment = faults.experiment(data, run, trainer=trainer, epochs=15 if trainer == "sync_sgd" else 60, more="[debug]\nslow = { factor = 20 }\n")
    command = faults.train(experiment, ranks, run, [f'server.stall_warning="{warning}s"', *sets])

    def wait(process):
        metrics = faults.folder / run / "metrics.jsonl"
        while process.poll() is None and not (metrics.exists() and metrics.stat().st_size > 0):
            time.sleep(0.02)
        if process.poll() is None:
            work(ranks_below(process.pid))

    return faults.run(command, 120, beside=wait)


def stop_for(seconds, rank):
    def work(pids):
        os.kill(pids[rank], signal.SIGSTOP)
        time.sleep(seconds)
        try:
            os.kill(pids[rank], signal.SIGCONT)
        except ProcessLookupError:
            pass  # the job has ended
    return work


def kill(rank, signal_number=signal.SIGKILL):
    return lambda pids: os.kill(pids[rank], signal_number)


CASES = [("downpour", 3, ["server.transport=shared"]), ("sync_sgd", 3, []), ("downpour", 3, ["server.transport=message"])]
for trainer, ranks, sets in CASES[:2] if faults.arguments.short else CASES:
    kind = " ".join([trainer, *sets])
    for rank in (ranks - 1,) if faults.arguments.short else (0, ranks - 1):
        result = train(f"stop-{trainer}-{rank}-{len(sets and sets[0])}", trainer, ranks, sets, stop_for(warning + 3, rank))
        faults.check(f"{kind}: rank {rank} stopped for a while", result, 0, says=[f"rank {rank} (process ", f" on {host}) has given no sign of life for"])
        faults.expect(sum("sign of life" in line for line in result.warnings) == 1, "it is named once")
        result = train(f"abort-{trainer}-{rank}-{len(sets and sets[0])}", trainer, ranks, [*sets, f'server.stall_abort="{warning + 2}s"'],
                       stop_for(60, rank))
        faults.check(f"{kind}: rank {rank} stopped for good, stall_abort", result, 87, says=f"rank {rank} (process ", lines=1)
        faults.expect(result.seconds < 60, "before it went on")
        result = train(f"kill-{trainer}-{rank}-{len(sets and sets[0])}", trainer, ranks, sets, kill(rank))
        faults.check(f"{kind}: rank {rank} killed", result, 137, says=[f"rank {rank} (process ", f" on {host}) has ended without a word"], lines=1)
stuck = faults.experiment(data, "stuck", more='[server]\nstall_warning = "2s"\nstall_abort = "4s"\n[debug]\nslow = { worker = 1, factor = 1e7 }\n')
result = faults.run(faults.train(stuck, 3, "stuck"), 120)
faults.check("rank 2 is stuck in a step, stall_abort", result, 87, says=["rank 2 (process ", f" on {host}) has not come on for", "computed step 1"], lines=1)
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":handle_segv=0"  # a sanitizer would end with a code of its own
result = train("segv", "downpour", 3, [], kill(1, signal.SIGSEGV))
faults.check("rank 1 crashes", result, 139, says="rank 1 (process ")
faults.end()
