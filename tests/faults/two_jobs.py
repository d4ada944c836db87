#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two jobs in one run directory, and two writers of one file: the second is refused with a line that names the first (73), which goes on. A job
that was killed leaves nothing that would be in the way.

two_jobs.py TUSK"""
import json
import os
import signal
import subprocess
import time

from faults import Faults, ranks_below

faults = Faults(__doc__)
ROWS, EPOCHS = 2000, 4
data = faults.data(rows=ROWS)
host = __import__("socket").gethostname()
experiment = faults.experiment(data, epochs=EPOCHS, units=512, more="[debug]\nslow = { factor = 3000 }\n")
command = faults.train(experiment, 2)
folder = faults.folder / "run"
others = []


def second(kill):
    def work(process):
        while process.poll() is None and not (folder / "manifest.json").exists():
            time.sleep(0.02)
        first = ranks_below(process.pid)
        for more in ([], ["--overwrite"], ["--resume", "never"]):
            others.append((more, faults.run(faults.train(experiment, 2, more=more)), first[0]))
        if kill:
            os.kill(first[0], signal.SIGKILL)
    return work


faults.check("the first job is killed", faults.run(command, beside=second(True)), 137)
for more, result, first in others:
    says = "exists already" if "never" in more else f"process {first} on {host} is training in this run directory"
    faults.check(f"a second job {' '.join(more)}", result, 73, says=says, lines=1)
others.clear()
command = faults.train(experiment, 2, sets=["debug.slow.factor=1"])
faults.check("the same command, then, and faster", faults.run(command), 0, says="trained")
ledger = json.loads((folder / "summary.json").read_text())["ledger"]
faults.expect(ledger["samples_trained"] == ROWS * EPOCHS, "no sample was trained twice")

# The first writer is stopped when its file is there, and the second comes.
csv = faults.folder / "many.csv"
csv.write_text((faults.folder / "data.csv").read_text() * 60)
convert = [faults.tusk, "convert", str(csv), "-o", str(faults.folder / "many.h5"), "--header", "no", "--label", "16", "--overwrite"]
predict = [faults.tusk, "predict", str(folder / "model.h5"), str(faults.folder / "many.h5"), "-o", str(faults.folder / "out.h5"), "--overwrite"]
for name, words, part in (("convert", convert, "many.h5.part"), ("predict", predict, "out.h5.part")):
    first = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while first.poll() is None and not (faults.folder / part).exists():
        time.sleep(0.001)
    os.kill(first.pid, signal.SIGSTOP)
    faults.expect((faults.folder / part).exists(), f"{name}: the first writes")
    faults.check(f"{name}: a second", faults.run(words), 73, says=[part.removesuffix(".part"), f"process {first.pid} on {host}"], lines=1)
    os.kill(first.pid, signal.SIGCONT)
    text, _ = first.communicate()
    faults.expect(first.returncode == 0, f"{name}: the first goes on: {text.strip()[-200:]}")
    faults.check(f"{name}: afterwards", faults.run(words), 0)
    killed = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while killed.poll() is None and not (faults.folder / f"{part.removesuffix('.part')}.lock").exists():
        time.sleep(0.001)
    killed.kill()
    killed.wait()
    faults.check(f"{name}: after one that was killed", faults.run(words), 0)
faults.expect(not [*faults.folder.glob("*.part*"), *faults.folder.glob("*.lock")], "nothing is left beside the files")
faults.end()
