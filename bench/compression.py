# SPDX-License-Identifier: Apache-2.0
"""What compressed commits cost in accuracy: the quick start's experiment over `message`, two workers, several seeds each.

Usage: compression.py TUSK, with the data of scripts/prepare-data.sh fashion-mnist. Prints rows of a Markdown table.
`bench/two-hosts.sh --compression bf16` says what they save between two hosts.
"""

import os
import statistics
import sys

from headline import ROOT, train

SEEDS = (1, 2, 3, 4)
VARIANTS = {"none": [], "bf16": [], "topk, 1%": ["server.topk_fraction=0.01"], "topk, 0.1%": ["server.topk_fraction=0.001"]}


def accuracy(tusk, trainer, variant, seed):
    kind = variant.split(",")[0]
    settings = [f"trainer.name={trainer}", "server.transport=message", f"server.compression={kind}", f"seed={seed}",
                f"data.train={ROOT}/data/fashion-mnist-train.h5", f"data.test={ROOT}/data/fashion-mnist-test.h5", *VARIANTS[variant]]
    with open(os.path.join(ROOT, "configs", "fashion-mnist-adag.toml")) as file:
        return train(tusk, file.read(), 3, *(word for setting in settings for word in ("--set", setting)))["test_accuracy"]


def main():
    tusk = os.path.abspath(sys.argv[1])
    print("| trainer | compression | test accuracy, mean of seeds | smallest | largest |\n|" + "---|" * 5)
    for trainer in ("adag", "downpour"):
        for variant in VARIANTS:
            values = [accuracy(tusk, trainer, variant, seed) for seed in SEEDS]
            print(f"| {trainer} | {variant} | {statistics.mean(values):.4f} | {min(values):.4f} | {max(values):.4f} |", flush=True)


if __name__ == "__main__":
    main()
