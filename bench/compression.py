# SPDX-License-Identifier: Apache-2.0
"""What compressed commits cost in accuracy: the quick start's experiment over `message`, two workers, several seeds each.

Usage: compression.py TUSK, with the data of scripts/prepare-data.sh fashion-mnist. Prints rows of a Markdown table.
`bench/two-hosts.sh --compression bf16` says what they save between two hosts.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

from headline import ROOT

SEEDS = (1, 2, 3, 4)
VARIANTS = {"none": [], "bf16": [], "topk, 1%": ["server.topk_fraction=0.01"], "topk, 0.1%": ["server.topk_fraction=0.001"]}


def accuracy(tusk, trainer, variant, seed):
    kind = variant.split(",")[0]
    settings = [f"trainer.name={trainer}", "server.transport=message", f"server.compression={kind}", f"seed={seed}",
                f"data.train={ROOT}/data/fashion-mnist-train.h5", f"data.test={ROOT}/data/fashion-mnist-test.h5", *VARIANTS[variant]]
    with tempfile.TemporaryDirectory() as folder:
        run = os.path.join(folder, "run")
        command = [os.path.join(ROOT, "scripts", "mpi-run.sh"), "-n", "3", tusk, "train",
                   os.path.join(ROOT, "configs", "fashion-mnist-adag.toml"), "--run-dir", run]
        for setting in settings:
            command += ["--set", setting]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(os.path.join(run, "summary.json")) as file:
            return json.load(file)["test_accuracy"]


def main():
    tusk = os.path.abspath(sys.argv[1])
    print("| trainer | compression | test accuracy, mean of seeds | smallest | largest |\n|" + "---|" * 5)
    for trainer in ("adag", "downpour"):
        for variant in VARIANTS:
            values = [accuracy(tusk, trainer, variant, seed) for seed in SEEDS]
            print(f"| {trainer} | {variant} | {statistics.mean(values):.4f} | {min(values):.4f} | {max(values):.4f} |", flush=True)


if __name__ == "__main__":
    main()
