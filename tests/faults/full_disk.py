#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A run directory's disk that is full (100 KiB), in the middle of the history and of a checkpoint, and one that is read-only.

full_disk.py TUSK: room for the model is kept free from the start, or nothing is trained; the run goes on to its end, writes the model first,
and ends with 74. Where somebody has taken that room it says what is lost. A read-only folder is named with its reason."""
from faults import Faults, in_namespace, need_namespaces, tmpfs

faults = Faults(__doc__)
need_namespaces()
data = faults.data()
experiment = faults.experiment(data, epochs=3, validation=0.1)
many = faults.experiment(data, "many", units=4000, epochs=3)
slow = faults.experiment(data, "slow", epochs=3, more='[checkpoint]\nevery = "20 steps"\n[debug]\nslow = { factor = 100 }\n')
runs = faults.folder / "runs"
runs.mkdir()
model_is_there = f"; code=$?; ls -l {runs}/r/model.h5 {runs}/r/summary.json; exit $code"


def in_small(command, size, after="", before=""):
    shell = ["bash", "-c", before + '"$@"' + after, "bash", *command]
    return in_namespace(shell, tmpfs(runs, size))


for ranks, trainer in ((1, "single"), (3, "downpour"), (2, "sync_sgd")):
    command = faults.train(experiment, ranks, "runs/r", [f"trainer.name={trainer}"])
    result = faults.run(in_small(command, "100k", model_is_there))
    faults.check(f"100 KiB, {trainer}", result, 74, says=["history.h5", "No space left", "its history ends here", "the model is complete"],
                 lines=1)
    faults.expect("No such file or directory" in result.text and "r/model.h5: No" not in result.text.replace("'", "")
                  and "model.h5" in result.text, "the model is there, and no summary.json")
    command = faults.train(slow, ranks, "runs/r", [f"trainer.name={trainer}"])
    result = faults.run(in_small(command, "100k", model_is_there))
    faults.check(f"100 KiB, {trainer}, full of checkpoints long before the end", result, 74,
                 says=["no checkpoint was written", "the model is complete"], lines=1)
    command = faults.train(many, ranks, "runs/r", [f"trainer.name={trainer}"])
    faults.check(f"100 KiB, {trainer}, a model of 300 KB", faults.run(in_small(command, "100k")), 74,
                 says=["model.h5.reserved: no ", "can be kept free: No space left", "nothing is trained"], silent_about="epoch 1", lines=1)
    taken = "(while [ ! -s r/metrics.jsonl ]; do sleep 0.02; done; rm r/model.h5.reserved; cat /dev/zero > filler) 2> /dev/null & "
    command = faults.train(slow, ranks, "runs/r", [f"trainer.name={trainer}", "history.steps=none", "checkpoint.every=never"])
    faults.check(f"100 KiB, {trainer}, the room of the model is taken", faults.run(in_small(command, "100k", before=f"cd {runs}; {taken}")), 74,
                 says=["model.h5", "No space left", "what was trained is lost"], lines=1)
    command = faults.train(many, ranks, "runs/r", [f"trainer.name={trainer}", "checkpoint.every=1 epoch"])
    result = faults.run(in_small(command, "600k"))  # 74 where there is no place for the history or the model
    faults.check(f"600 KiB, {trainer}, full while a checkpoint is written", result, result.code if result.code in (0, 74) else 0,
                 says=["no checkpoint was written", "No space left", "trained many" if result.code == 0 else "tusk: error: "])
tree = ["trainer.name=downpour", "server.topology=tree", "server.ranks_per_node=2"]
result = faults.run(in_small(faults.train(experiment, 4, "runs/r", tree), "500k", model_is_there))
faults.check("500 KiB, a tree", result, 74, says=["history/node-00", "No space left", "its history ends here", "the model is complete"], lines=1)
command = faults.train(experiment, 3, "runs/r", ["history.steps=none"])
faults.check("100 KiB without a history", faults.run(in_small(command, "100k")), 0)
for place in ("runs/r", "runs/deep/er/r"):
    command = faults.train(experiment, 3, place)
    faults.check(f"read-only, {place}", faults.run(in_namespace(command, tmpfs(runs, "1m"), f"mount -o remount,ro {runs}")), 73,
                 says="Read-only file system", lines=1)
faults.end()
