#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An ensemble that is stopped, killed and stopped again goes on member by member, to the same models bit for bit.

ensemble_goes_on.py TUSK"""
import json
import os
import signal
import time

from faults import Faults, need, ranks_below

need("h5py")
import h5py  # noqa: E402

MEMBERS, EPOCHS = 5, 10
faults = Faults(__doc__)
data = faults.data()
experiment = faults.experiment(data, "members", trainer="ensemble", epochs=EPOCHS, validation=0.2,
                               more=f'members = {MEMBERS}\n[checkpoint]\nevery = "1 epoch"\n[debug]\nslow = {{ factor = 150 }}\n')


def send(signal_number, rank, member):
    """Sends it to a rank, or to all (None), once the member has a new checkpoint."""
    latest = faults.folder / f"run/members/{member:02}/checkpoints/latest"

    def last():
        return os.readlink(latest) if latest.is_symlink() else None

    before = last()

    def work(process):
        while process.poll() is None and last() == before:
            time.sleep(0.01)
        for pid in [pid for r, pid in enumerate(ranks_below(process.pid)) if rank in (None, r)]:
            os.kill(pid, signal_number)
    return work


def weights(run, member):
    found = []
    with h5py.File(faults.folder / run / f"members/{member:02}/model.h5") as file:
        file["model_weights"].visititems(lambda name, item: found.append(item[()].tobytes()) if isinstance(item, h5py.Dataset) else None)
    return found


def scores(run):
    summary = json.loads((faults.folder / run / "summary.json").read_text())
    return {key: value for key, value in summary.items() if "loss" in key or "accuracy" in key or key in ("ledger", "epochs")}


faults.check("never interrupted", faults.run(faults.train(experiment, 2, "whole"), 120), 0, says="trained members")
command = faults.train(experiment, 2)
faults.check("SIGUSR1", faults.run(command, 120, beside=send(signal.SIGUSR1, None, 1)), 85, says=["member 00 stopped by SIGUSR1", "member 01 stopped"])
faults.check("another experiment", faults.run(faults.train(experiment, 2, sets=["seed=6"]), 60), 78, says="seed was 5, is 6", lines=1)
faults.check("a rank is killed", faults.run(command, 120, beside=send(signal.SIGKILL, 1, 3)), 137, says="going on from")
alone = faults.train(experiment, 1)
faults.check("another number of ranks, SIGTERM", faults.run(alone, 120, beside=send(signal.SIGTERM, None, 3)), 85, says="member 03 stopped by SIGTERM")
faults.check("fewer epochs than members had", faults.run(faults.train(experiment, 2, sets=["trainer.epochs=3"]), 60), 78, lines=1)
faults.check("more epochs than finished members had", faults.run(faults.train(experiment, 2, sets=["trainer.epochs=9"]), 60), 78, lines=1)
faults.check("it ends", faults.run(command, 120), 0, says="trained members")
faults.check("it has ended", faults.run(command, 60), 73, lines=1)
faults.check("one checkpoint by name", faults.run(faults.train(experiment, 2, "other", more=["--resume", "run"]), 60), 64, lines=1)
faults.expect(all(weights("whole", member) == weights("run", member) for member in range(MEMBERS)), "the models are the same, bit for bit")
lines = [[json.loads(line)["epoch"] for line in (faults.folder / f"run/members/{member:02}/metrics.jsonl").read_text().splitlines()]
         for member in range(MEMBERS)]
faults.expect(lines == [list(range(1, EPOCHS + 1))] * MEMBERS, "every member has every epoch once")
faults.expect(scores("whole") == scores("run"), "so are the scores and the ledger")
faults.check("--overwrite", faults.run([*command, "--overwrite", "--set", "trainer.members=2"], 120), 0)
faults.expect(sorted(os.listdir(faults.folder / "run/members")) == ["00", "01"], "leaves nothing of the other members")
faults.end()
