#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Validation that takes longer than an epoch, and very many epochs: rank 0's memory stays flat.

slow_validation.py TUSK [--seconds S] [--epochs N]: many small epochs with a slow validation of a large model, and N epochs
of a tiny run. The peak of rank 0 is read from /proc while it runs."""
import json
import pathlib
import subprocess
import time

from faults import Faults, ranks_below

faults = Faults(__doc__, [("--epochs", {"type": int, "default": 20_000}), ("--units", {"type": int, "default": 2000})])


def watch(command):
    """Runs it; exit code, and rank 0's resident kB over time."""
    with open(faults.folder / "log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        seen = []
        while process.poll() is None:
            ranks = ranks_below(process.pid)
            if ranks:
                try:
                    status = pathlib.Path(f"/proc/{ranks[0]}/status").read_text()
                    seen.append((time.monotonic(), int(status.split("VmRSS:")[1].split()[0])))
                except (OSError, IndexError):
                    pass
            time.sleep(0.2)
    return process.returncode, [kb for _, kb in seen]


WIDTH = 1000
small, large = faults.data("small", rows=64, width=WIDTH), faults.data("large", rows=3000, width=WIDTH)
validated = faults.experiment(small, "validated", units=faults.arguments.units, epochs=60, more="")
command = faults.train(validated, 3, "validated", [f"data.validation={large}"])
code, kb = watch(command)
text = (faults.folder / "log").read_text()
model = faults.arguments.units * (WIDTH + 3) * 4 / 1000
bound = 5 * model + 64 * 1049 + 100_000  # its own, what waits, and a process
print(f"      slow validation: exit code {code}, rank 0 has at most {max(kb):,} kB (of {bound:,.0f}; all models together {60 * model:,.0f})")
faults.expect(code == 0 and max(kb) < bound, "the models that wait for their validation are bounded")
faults.expect(text.count("validation takes longer than an epoch") == 1, "skipped epochs are said once")
lines = [json.loads(line) for line in (faults.folder / "validated/metrics.jsonl").read_text().splitlines()]
summary = json.loads((faults.folder / "validated/summary.json").read_text())
faults.expect([line["epoch"] for line in lines] == list(range(1, 61)), "every epoch has its line, in order")
faults.expect("val_loss" in lines[-1], "the last epoch is validated")
faults.expect(sum("val_loss" not in line for line in lines) == summary.get("epochs_not_validated") > 0, "summary.json counts the others")

tiny = faults.experiment(faults.data("tiny", rows=4), "tiny", units=2, epochs=faults.arguments.epochs)
for ranks, trainer in ((1, "single"), (2, "downpour"), (2, "sync_sgd")):
    code, kb = watch(faults.train(tiny, ranks, trainer, [f"trainer.name={trainer}"]))
    half, end = kb[len(kb) // 2], kb[-2]
    print(f"      {faults.arguments.epochs:,} epochs of {trainer}: exit code {code}, {kb[len(kb) // 4]:,} kB after a quarter, {half:,} after half, "
          f"{end:,} at the end")
    faults.expect(code == 0 and (end - half) * 1000 / (faults.arguments.epochs / 2) < 400, "rank 0 does not grow with the epochs")
faults.end()
