#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A byte of a checkpoint that has changed, or the end of a file that is missing: the same command goes on from the checkpoint before it, with
a warning, and a changed model.h5 is refused where it is read (65).

changed_bytes.py TUSK [--every N]: at every N-th offset of each file; 97 takes some minutes."""
import os
import shutil

from faults import Faults

faults = Faults(__doc__, [("--every", {"type": int, "default": 97})])
data = faults.data(rows=600)
experiment = faults.experiment(data, trainer="adag", epochs=4, more='[checkpoint]\nevery = "20 steps"\n[debug]\nslow = { factor = 400 }\n')
command = faults.train(experiment, 2, sets=["debug.slow.factor=1"])
run, kept = faults.folder / "run", faults.folder / "kept"
faults.check("undisturbed", faults.run(faults.train(experiment, 2)), 0, says="trained")
(run / "summary.json").unlink()  # as if it had been killed
(run / "model.h5").unlink()
run.rename(kept)
before, last = sorted(name for name in os.listdir(kept / "checkpoints") if name.startswith("step-"))


def attempt(name, change):
    shutil.copytree(kept, run, symlinks=True)
    path = run / "checkpoints" / last / name
    change(path)
    if name.startswith("rank-"):
        result = faults.run(command)
        wrong = [] if result.code == 0 and "trained" in result.text else [f"the same command ends with {result.code}"]
        if f"going on from {run}/checkpoints/{before}" not in result.text:
            wrong.append(f"it does not go on from {before}")
        if not any("the checkpoint before it is taken" in line for line in result.warnings):
            wrong.append("there is no warning")
        if not (run / "checkpoints" / f"{last}.damaged-1").exists():
            wrong.append("the damaged one is not set aside")
    else:
        result = faults.run([faults.tusk, "evaluate", str(run / "checkpoints" / last), str(data)])
        wrong = [] if result.code == 65 and len(result.errors) == 1 else [f"evaluate ends with {result.code}"]
    shutil.rmtree(run)
    return result, wrong


every = faults.arguments.every
for name in ("rank-0.state", "rank-1.state", "model.h5"):
    size, seen, failed = (kept / "checkpoints" / last / name).stat().st_size, 0, 0
    changes = [(f"{name}, byte {at}", at) for at in range(min(every, size) // 2, size, every)] + [(f"{name}, cut at {size // 2}", -1)]
    for what, at in changes:
        def change(path):
            content = bytearray(path.read_bytes())
            if at < 0:
                del content[size // 2:]
            else:
                content[at] ^= 0x10
            path.write_bytes(content)

        result, wrong = attempt(name, change)
        seen += 1
        if wrong:
            failed += 1
            faults.note(what, result, wrong)
    faults.expect(not failed, f"{name}: {seen} changes of its {size:,} bytes were noticed")
faults.end()
